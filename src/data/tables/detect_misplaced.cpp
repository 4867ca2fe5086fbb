#include <unordered_map>

#include "data/tables/detector.h"

namespace fulcrum::data::tables {

namespace {

constexpr std::uint32_t kKnownRows = 5;

/// Where a text is a usual value: column and how many rows there.
struct Home {
  std::size_t column = 0;
  std::uint32_t rows = 0;
};
using Homes = std::unordered_map<std::string_view, Home>;

Homes homes_of(const DetectorInput& input) {
  Homes homes;
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const Column& column = input.table.columns[i];
    for (Code code = 0; code < column.distinct(); ++code) {
      const std::string_view value = column.value(code);
      if (column.count(code) < kKnownRows || input.missing[i][code] || value.size() < 2) continue;
      const auto quantity = parse_quantity(value);
      if (quantity && quantity->unit().empty()) continue;  // plain numbers are at home everywhere
      Home& home = homes[value];
      if (column.count(code) > home.rows) home = {i, column.count(code)};
    }
  }
  return homes;
}

/// "Portland OR": a value of the column with a usual value of another one behind it.
struct Appended {
  std::string_view front, behind;
  std::size_t home = 0;
  bool is_known = false;  // the front is a value of the column by itself
};

std::optional<Appended> appended_in(const Column& column, std::size_t i, Code code,
                                    const Homes& homes) {
  const std::string_view value = column.value(code);
  const auto space = value.find_last_of(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  const auto home = homes.find(value.substr(space + 1));
  if (home == homes.end() || home->second.column == i) return std::nullopt;
  Appended appended{value.substr(0, space), home->first, home->second.column, false};
  while (appended.front.ends_with(' ') || appended.front.ends_with(','))
    appended.front.remove_suffix(1);
  const auto known = column.find(appended.front);
  appended.is_known = known && column.count(*known) > column.count(code);
  return appended;
}

/// In the row itself the other column is empty, or says the same.
void mark_appended(const DetectorInput& input, std::size_t i,
                   const std::unordered_map<Code, Appended>& all, Evidence& evidence) {
  const Column& column = input.table.columns[i];
  for (std::uint32_t row = 0; !all.empty() && row < column.rows(); ++row) {
    const auto found = all.find(column.codes[row]);
    if (found == all.end()) continue;
    const Appended& one = found->second;
    const Column& other = input.table.columns[one.home];
    const bool is_empty = input.missing[one.home][other.codes[row]];
    const bool is_same = other.at(row) == one.behind;
    if (!one.is_known && !is_empty) continue;
    const double confidence = one.is_known && (is_empty || is_same) ? 0.95 : is_empty ? 0.85 : 0.4;
    evidence.cells[i].push_back({row, evidence_for(confidence), input.texts.add(one.front), 0.85F,
                                 input.texts.add(other.name)});
    if (is_empty)
      evidence.cells[one.home].push_back({row, evidence_for(0.9), input.texts.add(one.behind), 0.9F,
                                          input.texts.add(column.name)});
  }
}

}  // namespace

void detect_misplaced(const DetectorInput& input, Evidence& evidence) {
  const Homes homes = homes_of(input);
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const Column& column = input.table.columns[i];
    if (column.distinct() * 20 > column.rows() * 19) continue;
    std::unordered_map<Code, Appended> appended;
    for (Code code = 0; code < column.distinct(); ++code) {
      if (column.count(code) == 0 || input.missing[i][code]) continue;
      const auto home = homes.find(column.value(code));
      const bool is_elsewhere = home != homes.end() && home->second.column != i &&
                                home->second.rows >= 10 * column.count(code);
      if (is_elsewhere && column.count(code) < kKnownRows)
        evidence.values[i].push_back(
            {code, evidence_for(0.7), kNoText, 0,
             input.texts.add(input.table.columns[home->second.column].name)});
      else if (!is_elsewhere && column.count(code) <= kKnownRows)
        if (const auto one = appended_in(column, i, code, homes)) appended.emplace(code, *one);
    }
    mark_appended(input, i, appended, evidence);
  }
}

}  // namespace fulcrum::data::tables

#include <algorithm>
#include <map>

#include "data/column_profile.h"
#include "data/tables/detector.h"

namespace fulcrum::data::tables {

namespace {

/// How the table as a whole writes "nothing": "" for the empty cell, else the word.
std::map<std::string, std::size_t> markers_of(const DetectorInput& input) {
  std::map<std::string, std::size_t> rows;
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const Column& column = input.table.columns[i];
    for (Code code = 0; code < column.distinct(); ++code)
      if (input.missing[i][code] && column.count(code) > 0)
        rows[lower_ascii(trim_unicode(column.value(code)))] += column.count(code);
  }
  return rows;
}

/// Numbers that people type for "unknown": all nines, -1, 1900-01-01 as they stand at the edge of
/// everything else.
bool looks_made_up(std::string_view digits) {
  if (digits.starts_with('-')) digits.remove_prefix(1);
  if (digits.size() < 2) return false;
  return std::all_of(digits.begin(), digits.end(), [&](char c) { return c == digits[0]; }) &&
         (digits[0] == '9' || digits[0] == '1');
}

/// Far from all other numbers, and often.
void mark_numbers(const DetectorInput& input, std::size_t i, std::vector<Mark>& marks) {
  const Column& column = input.table.columns[i];
  if (!input.types[i].is_number() || input.types[i].codes) return;
  std::vector<std::pair<double, Code>> numbers;
  for (Code code = 0; code < column.distinct(); ++code)
    if (const auto quantity = parse_quantity(column.value(code));
        quantity && column.count(code) > 0)
      numbers.emplace_back(quantity->number, code);
  if (numbers.size() < 5) return;
  std::sort(numbers.begin(), numbers.end());
  const double low = numbers[1].first, high = numbers[numbers.size() - 2].first;
  const double span = std::max(1e-9, high - low);
  for (const auto& [number, code] : {numbers.front(), numbers.back()}) {
    const double gap = std::max(low - number, number - high);
    const auto quantity = parse_quantity(column.value(code));
    const bool often = column.count(code) >= 3 && column.count(code) * 1000 >= column.rows();
    if (often && gap > 0.5 * span && looks_made_up(quantity->digits))
      marks.push_back({code, evidence_for(0.8), input.texts.add(""), 0.6F, kNoText});
  }
}

}  // namespace

void detect_placeholder(const DetectorInput& input, Evidence& evidence) {
  const auto markers = markers_of(input);
  const bool has_empty = markers.count("") > 0;
  std::size_t most = 0;
  for (const auto& [marker, rows] : markers) most = std::max(most, rows);
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const Column& column = input.table.columns[i];
    for (Code code = 0; code < column.distinct(); ++code) {
      const std::string marker = lower_ascii(trim_unicode(column.value(code)));
      if (!input.missing[i][code] || column.count(code) == 0 || marker.empty()) continue;
      // A table that always writes nothing in the same way has a convention, and keeps it.
      const bool is_convention = !has_empty && markers.at(marker) == most;
      evidence.values[i].push_back(
          {code, evidence_for(is_convention ? 0.1 : 0.8), input.texts.add(""), 0.7F, kNoText});
    }
    mark_numbers(input, i, evidence.values[i]);
  }
}

}  // namespace fulcrum::data::tables

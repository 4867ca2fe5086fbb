#include <algorithm>
#include <map>

#include "data/tables/detector.h"

namespace fulcrum::data::tables {

namespace {

constexpr std::size_t kProbed = 2000;
constexpr double kLeastShare = 0.8;

/// A column is front + mark + back of its own row, or a copy of front.
struct Composition {
  std::size_t front = 0, back = 0;
  bool is_copy = false;
  std::string mark;
  auto operator<=>(const Composition&) const = default;
};

std::string composed(const Table& table, const Composition& how, std::size_t row) {
  std::string text(table.columns[how.front].at(row));
  if (!how.is_copy) text += how.mark + std::string(table.columns[how.back].at(row));
  return text;
}

/// The ways in which one cell may be put together.
void count_ways(const DetectorInput& input, std::size_t column, std::size_t row,
                std::map<Composition, std::size_t>& ways) {
  const std::string_view value = input.table.columns[column].at(row);
  const std::size_t columns = input.table.columns.size();
  std::vector<std::size_t> fronts, backs;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::string_view other = input.table.columns[i].at(row);
    if (i == column || other.empty() || input.types[i].distinct < 2) continue;
    if (value == other) ++ways[{i, i, true, ""}];
    if (value.size() > other.size() && value.starts_with(other)) fronts.push_back(i);
    if (value.size() > other.size() && value.ends_with(other)) backs.push_back(i);
  }
  for (const std::size_t front : fronts)
    for (const std::size_t back : backs) {
      const std::size_t used =
          input.table.columns[front].at(row).size() + input.table.columns[back].at(row).size();
      if (front == back || used > value.size() || value.size() - used > 3) continue;
      const std::size_t begin = input.table.columns[front].at(row).size();
      ++ways[{front, back, false, std::string(value.substr(begin, value.size() - used))}];
    }
}

void mark(const DetectorInput& input, std::size_t column, const Composition& how,
          std::vector<Mark>& marks) {
  const Column& cells = input.table.columns[column];
  std::string text = input.table.columns[how.front].name;
  if (!how.is_copy) text += " \"" + how.mark + "\" " + input.table.columns[how.back].name;
  const TextId detail = input.texts.add(text);
  for (std::uint32_t row = 0; row < cells.rows(); ++row) {
    const bool lacks = input.missing[how.front][input.table.columns[how.front].codes[row]] ||
                       input.missing[how.back][input.table.columns[how.back].codes[row]];
    if (lacks) continue;
    const std::string right = composed(input.table, how, row);
    if (cells.at(row) == right) {
      // That a wrong value agrees with two other columns by chance does not happen.
      marks.push_back({row, -20, kNoText, 0, kNoText});
    } else {
      // It, or what it is made of, is wrong.
      marks.push_back({row, evidence_for(0.5), input.texts.add(right), 0.5F, detail});
    }
  }
}

}  // namespace

void detect_composition(const DetectorInput& input, Evidence& evidence) {
  const std::size_t rows = input.table.rows();
  for (std::size_t column = 0; column < input.table.columns.size(); ++column) {
    if (input.types[column].distinct < 5) continue;
    std::map<Composition, std::size_t> ways;
    std::size_t probed = 0;
    for (std::size_t row = 0; row < rows; row += 1 + rows / kProbed) {
      if (input.missing[column][input.table.columns[column].codes[row]]) continue;
      ++probed;
      count_ways(input, column, row, ways);
    }
    const auto best = std::max_element(
        ways.begin(), ways.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (probed < 20 || best == ways.end() ||
        static_cast<double>(best->second) < kLeastShare * static_cast<double>(probed))
      continue;
    mark(input, column, best->first, evidence.cells[column]);
  }
}

}  // namespace fulcrum::data::tables

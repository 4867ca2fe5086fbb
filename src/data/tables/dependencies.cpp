#include "data/tables/dependencies.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>

#include "data/tables/group_story.h"

namespace fulcrum::data::tables {

namespace {

/// One code a row for a combination of columns; kNoCode where one is missing.
std::vector<Code> combined_codes(const Table& table, const std::vector<std::size_t>& lhs,
                                 const std::vector<std::vector<bool>>& missing, Code& distinct) {
  std::vector<Code> codes = table.columns[lhs[0]].codes;
  distinct = static_cast<Code>(table.columns[lhs[0]].distinct());
  for (Code& code : codes)
    if (missing[lhs[0]][code]) code = kNoCode;
  for (std::size_t i = 1; i < lhs.size(); ++i) {
    const Column& column = table.columns[lhs[i]];
    std::unordered_map<std::uint64_t, Code> pairs;
    for (std::size_t row = 0; row < codes.size(); ++row) {
      if (codes[row] == kNoCode) continue;
      const Code other = column.codes[row];
      const std::uint64_t key = (static_cast<std::uint64_t>(codes[row]) << 32) | other;
      codes[row] = missing[lhs[i]][other]
                       ? kNoCode
                       : pairs.try_emplace(key, static_cast<Code>(pairs.size())).first->second;
    }
    distinct = static_cast<Code>(pairs.size());
  }
  return codes;
}

}  // namespace

Grouping group_rows(const Table& table, const std::vector<std::size_t>& lhs,
                    const std::vector<std::vector<bool>>& missing) {
  Code distinct = 0;
  const std::vector<Code> codes = combined_codes(table, lhs, missing, distinct);
  std::vector<std::uint32_t> counts(distinct, 0), place(distinct, 0);
  for (const Code code : codes)
    if (code != kNoCode) ++counts[code];
  Grouping grouping;
  std::uint32_t total = 0;
  for (Code code = 0; code < distinct; ++code) {
    if (counts[code] < 2) continue;
    place[code] = total;
    total += counts[code];
    grouping.starts.push_back(total);
  }
  grouping.order.resize(total);
  for (std::size_t row = 0; row < codes.size(); ++row)
    if (codes[row] != kNoCode && counts[codes[row]] >= 2)
      grouping.order[place[codes[row]]++] = static_cast<std::uint32_t>(row);
  return grouping;
}

namespace {

/// Expectation maximisation with a prior of 20 groups and 50 rows.
void learn(const std::vector<Shape>& shapes, const Column& column, DependencyFit& fit) {
  const double prior = fit.dependency.given ? 0.05 : 0.1;
  fit.error = 0.02;
  fit.independent = prior;
  for (int round = 0; round < 12; ++round) {
    const Story story = story_of(fit, column);
    double dependent = 0, wrong = 1, rows = 50;
    for (const Shape& shape : shapes) {
      const double weight = story.dependent(shape);
      dependent += weight;
      wrong += weight * (shape.size - shape.top);
      rows += weight * shape.size;
    }
    const auto groups = static_cast<double>(shapes.size());
    fit.error = std::clamp(wrong / rows, 0.001, 0.45);
    fit.independent = std::clamp((groups - dependent + 20 * prior) / (groups + 20), 0.001, 0.95);
  }
}

}  // namespace

DependencyFit fit(const Dependency& dependency, const Grouping& grouping, const Table& table,
                  const std::vector<bool>& missing, std::size_t max_rows) {
  const Column& column = table.columns[dependency.rhs];
  DependencyFit fit;
  fit.dependency = dependency;
  GroupCounts counts(column.distinct());
  std::vector<Shape> shapes;
  std::vector<std::uint32_t> overall(column.distinct(), 0);
  double agreeing = 0;
  std::size_t minority = 0;
  // Groups at equal steps, as many as hold max_rows rows.
  const std::size_t step = 1 + grouping.order.size() / max_rows;
  for (std::size_t group = 0; group < grouping.groups(); group += step) {
    counts.load(grouping, group, column, missing);
    if (counts.size < 2) continue;
    const Shape shape = shape_of(counts);
    shapes.push_back(shape);
    fit.support += shape.size;
    minority += shape.size - shape.top;
    const std::uint32_t second = counts.count(counts.second);
    if (shape.top >= second + 2)
      agreeing += shape.top;
    else if (shape.top == second + 1)
      agreeing += 0.5 * shape.top;
    for (const Code code : counts.values) overall[code] += counts.count(code);
  }
  fit.groups = shapes.size();
  if (fit.support == 0) return fit;
  const auto support = static_cast<double>(fit.support);
  fit.agreement = agreeing / support;
  fit.base = *std::max_element(overall.begin(), overall.end()) / support;
  fit.g3 = static_cast<double>(minority) / support;
  learn(shapes, column, fit);
  return fit;
}

std::vector<DependencyFit> find_dependencies(const Table& table,
                                             const std::vector<ColumnType>& types,
                                             const std::vector<std::vector<bool>>& missing,
                                             std::vector<Grouping>& groupings, Shown which) {
  constexpr std::size_t kFitRows = 50'000, kMost = 6;
  constexpr double kLeastStrength = 0.35, kMostIndependent = 0.1;
  const std::size_t columns = table.columns.size();
  std::vector<std::vector<DependencyFit>> found(columns);
  groupings.assign(columns, {});
  for (std::size_t lhs = 0; lhs < columns; ++lhs) {
    if (types[lhs].distinct < 2) continue;
    Grouping grouping = group_rows(table, {lhs}, missing);
    bool is_used = false;
    for (std::size_t rhs = 0; rhs < columns; ++rhs) {
      if (rhs == lhs || types[rhs].distinct < 2) continue;
      auto one = fit({{lhs}, rhs, false}, grouping, table, missing[rhs], kFitRows);
      const bool is_supported = one.groups >= 5 && one.support >= 20;
      if (!is_supported || one.strength() < kLeastStrength) continue;
      const bool is_strict = one.independent <= kMostIndependent && one.error <= 0.25;
      if (is_strict != (which == Shown::kStrict)) continue;
      if (!is_strict) one = fit({{lhs}, rhs, true}, grouping, table, missing[rhs], kFitRows);
      found[rhs].push_back(one);
      is_used = true;
    }
    if (is_used) groupings[lhs] = std::move(grouping);
  }
  std::vector<DependencyFit> all;
  for (auto& of_column : found) {
    std::sort(of_column.begin(), of_column.end(), [](const auto& a, const auto& b) {
      return std::pair(-a.strength(), a.dependency) < std::pair(-b.strength(), b.dependency);
    });
    if (of_column.size() > kMost) of_column.resize(kMost);
    all.insert(all.end(), of_column.begin(), of_column.end());
  }
  return all;
}

}  // namespace fulcrum::data::tables

// Numbers: declared ranges; a sign or a zero that almost no other row has; and outliers on a
// logarithmic scale. A value counts as an outlier only when its robust z is above 3.5, it lies
// beyond Tukey's fence, and a valley parts it from the rest: a heavy tail alone is no mistake. Nor
// is a duration that the session's clock bears out: a page left open makes a heap of its own.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "data/column_profile.h"
#include "data/robust.h"
#include "data/session_clock.h"

namespace fulcrum::data {

namespace {

constexpr std::size_t kLeastRows = 50;

using Test = std::function<const char*(double)>;  // why not, or nullptr
using Beyond = std::function<bool(double)>;       // the cut

void drop_where(CleanWork& work, std::size_t index, const Test& test) {
  const Column& cells = work.table.columns[index];
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row) || cells.kinds[row] != CellKind::kNumber) continue;
    if (const char* why = test(cells.numbers[row]))
      work.judgement.drop(row, fmt::format("{} {} {}", cells.name, cells.numbers[row], why));
  }
}

std::vector<double> values_of(const CleanWork& work, std::size_t index) {
  const Column& cells = work.table.columns[index];
  std::vector<double> values;
  for (std::size_t row = 0; row < work.table.rows(); ++row)
    if (!work.judgement.dropped(row) && cells.kinds[row] == CellKind::kNumber)
      values.push_back(cells.numbers[row]);
  return values;
}

/// Are zeros part of this column's nature: common, or what small values round to?
bool zero_is_natural(std::vector<double> values) {
  const auto zeros = static_cast<std::size_t>(std::count(values.begin(), values.end(), 0.0));
  if (zeros * 10 >= values.size()) return true;
  std::erase_if(values, [](double value) { return value <= 0; });
  if (values.empty()) return true;
  const double small = quantile(values, 0.02);
  // The resolution: the finest power of ten that all small values are multiples of.
  double step = 1000;
  while (step > 1e-6 && !std::all_of(values.begin(), values.end(), [&](double value) {
           return std::abs(value / step - std::round(value / step)) < 1e-6;
         }))
    step /= 10;
  return small <= 5 * step || *std::min_element(values.begin(), values.end()) <= 2 * step;
}

/// Items most of whose rows lie beyond the cut are dear, not wrong.
std::unordered_set<std::uint32_t> dear_items(const CleanWork& work, std::size_t index,
                                             const Beyond& beyond) {
  std::unordered_map<std::uint32_t, std::pair<int, int>> counts;
  std::unordered_set<std::uint32_t> dear;
  if (work.table.item < 0) return dear;
  const Column& items = work.table.columns[static_cast<std::size_t>(work.table.item)];
  const Column& cells = work.table.columns[index];
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row) || cells.kinds[row] != CellKind::kNumber) continue;
    auto& count = counts[items.texts[row]];
    ++count.second;
    count.first += beyond(cells.numbers[row]);
  }
  for (const auto& [item, count] : counts)
    if (count.first >= 2 && count.first * 2 > count.second) dear.insert(item);
  return dear;
}

/// Long durations that are real: borne out themselves, or no longer than such that are and not
/// contradicted.
std::vector<bool> real_durations(const CleanWork& work, const Column& cells, const Beyond& beyond) {
  constexpr std::size_t kLeastWitnesses = 3;
  constexpr double kReach = 1.5;
  const auto says = session_clock(work);
  std::size_t witnesses = 0;
  double longest = 0;
  for (std::size_t row = 0; row < work.table.rows(); ++row)
    if (!work.judgement.dropped(row) && cells.kinds[row] == CellKind::kNumber &&
        says[row] == ClockSays::kBorneOut && beyond(cells.numbers[row])) {
      ++witnesses;
      longest = std::max(longest, cells.numbers[row]);
    }
  std::vector<bool> real(work.table.rows(), false);
  for (std::size_t row = 0; row < work.table.rows(); ++row)
    real[row] = says[row] == ClockSays::kBorneOut ||
                (says[row] == ClockSays::kNothing && witnesses >= kLeastWitnesses &&
                 cells.numbers[row] <= kReach * longest);
  return real;
}

void drop_outliers(CleanWork& work, std::size_t index) {
  std::vector<double> logs;
  for (const double value : values_of(work, index))
    if (value > 0) logs.push_back(std::log(value));
  if (logs.size() < kLeastRows) return;
  const Robust robust = robust_of(logs, 0.1);
  std::vector<double> z;
  for (const double value : logs) z.push_back(robust.z(value));
  const double cut = upper_cut(z);
  const double first = quantile(logs, 0.25), third = quantile(logs, 0.75);
  const double fence = third + 1.5 * (third - first);
  if (!std::isfinite(cut)) return;
  const auto beyond = [&](double value) {
    return value > 0 && std::log(value) > fence && robust.z(std::log(value)) >= cut - 1e-9;
  };
  const bool per_item = static_cast<int>(index) == work.table.price;
  const auto dear =
      per_item ? dear_items(work, index, beyond) : std::unordered_set<std::uint32_t>{};
  const Column& cells = work.table.columns[index];
  const auto real = static_cast<int>(index) == work.table.dwell_s
                        ? real_durations(work, cells, beyond)
                        : std::vector<bool>(work.table.rows(), false);
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row) || cells.kinds[row] != CellKind::kNumber || real[row] ||
        !beyond(cells.numbers[row]))
      continue;
    if (per_item &&
        dear.contains(work.table.columns[static_cast<std::size_t>(work.table.item)].texts[row]))
      continue;
    work.judgement.drop(
        row, fmt::format("{} {} is far above all others (z {:.1f})", cells.name, cells.numbers[row],
                         robust.z(std::log(cells.numbers[row]))));
  }
}

void check_column(CleanWork& work, std::size_t index) {
  const std::string& name = work.table.columns[index].name;
  drop_where(work, index,
             [](double value) { return std::isfinite(value) ? nullptr : "is no number"; });
  if (const auto declared = work.settings.ranges.find(name);
      declared != work.settings.ranges.end()) {
    const Range range = declared->second;
    drop_where(work, index, [range](double value) -> const char* {
      if (range.min && value < *range.min) return "is below the declared range";
      if (range.max && value > *range.max) return "is above the declared range";
      return nullptr;
    });
    if (range.min && range.max) return;  // the plan knows
  }
  const auto values = values_of(work, index);
  if (values.size() < kLeastRows) return;
  const auto negative = static_cast<std::size_t>(
      std::count_if(values.begin(), values.end(), [](double value) { return value < 0; }));
  if (negative > 0 && negative * 10 < values.size())
    drop_where(work, index,
               [](double value) { return value < 0 ? "is negative, others are not" : nullptr; });
  if (negative * 10 >= values.size()) return;  // signed by nature: no logarithm
  if (!zero_is_natural(values))
    drop_where(work, index,
               [](double value) { return value == 0 ? "is zero, others are not" : nullptr; });
  drop_outliers(work, index);
}

}  // namespace

base::Status rule_ranges(CleanWork& work) {
  for (std::size_t index = 0; index < work.table.columns.size(); ++index) {
    const int column = static_cast<int>(index);
    if (column == work.table.time || column == work.table.user || column == work.table.item)
      continue;
    if (looks_of(work, index) == ColumnLooks::kNumbers) check_column(work, index);
  }
  return {};
}

}  // namespace fulcrum::data

#include "data/tables/detector.h"
#include "data/tables/numbers.h"

namespace fulcrum::data::tables {

namespace {

double quantile_of(const std::vector<NumberValue>& numbers, double share) {
  double rows = 0, seen = 0;
  for (const NumberValue& one : numbers) rows += one.rows;
  for (const NumberValue& one : numbers)
    if ((seen += one.rows) >= share * rows) return one.number;
  return numbers.back().number;
}

}  // namespace

void detect_iqr(const DetectorInput& input, Evidence& evidence) {
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const auto numbers = numbers_of(input.table.columns[i], input.types[i]);
    if (numbers.empty()) continue;
    const double low = quantile_of(numbers, 0.25), high = quantile_of(numbers, 0.75);
    const double range = high - low;
    if (range <= 0) continue;
    for (const NumberValue& one : numbers) {
      const double out = std::max(low - one.number, one.number - high) / range;
      if (out <= 1.5) continue;  // Tukey 1977; a heavy tail reaches that far, too
      evidence.values[i].push_back(
          {one.code, evidence_for(out > 3 ? 0.15 : 0.06), kNoText, 0, kNoText});
    }
  }
}

}  // namespace fulcrum::data::tables

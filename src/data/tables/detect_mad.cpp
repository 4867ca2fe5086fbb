#include <algorithm>
#include <cmath>
#include <limits>

#include "data/robust.h"
#include "data/tables/detector.h"
#include "data/tables/numbers.h"

namespace fulcrum::data::tables {

namespace {

constexpr std::size_t kMostPoints = 20'000;

/// Spreads of each side by itself, so that a skewed body does not make its long side outlying.
struct TwoSided {
  double centre = 0, below = 0, above = 0;
  explicit TwoSided(const std::vector<double>& points) {
    std::vector<double> all = points, low, high;
    centre = median(all);
    for (const double point : points) {
      if (point <= centre) low.push_back(centre - point);
      if (point >= centre) high.push_back(point - centre);
    }
    below = 1.4826 * median(low);
    above = 1.4826 * median(high);
    const double least = robust_of(points, 0).spread;
    below = std::max(below, least);
    above = std::max(above, least);
  }
  double z(double x) const { return x < centre ? (x - centre) / below : (x - centre) / above; }
};

/// The robust scores of numbers as `scale` sees them, and where the second heap begins above and
/// below (infinity: nowhere).
struct Scores {
  std::vector<double> z;
  double above = std::numeric_limits<double>::infinity();
  double below = std::numeric_limits<double>::infinity();
};

template <class Scale>
Scores scores_of(const std::vector<NumberValue>& numbers, const Scale& scale) {
  double rows = 0;
  for (const NumberValue& one : numbers) rows += one.rows;
  // Rows at equal steps stand for all of them.
  const double step = std::max(1.0, rows / kMostPoints);
  std::vector<double> points;
  double at = step / 2, seen = 0;
  for (const NumberValue& one : numbers) {
    seen += one.rows;
    for (; at < seen; at += step) points.push_back(scale(one.number));
  }
  const TwoSided robust(points);
  Scores scores;
  if (robust.below <= 0 || robust.above <= 0) return scores;
  for (const NumberValue& one : numbers) scores.z.push_back(robust.z(scale(one.number)));
  // The extremes are where a second heap is; all of them are looked at.
  std::vector<double> up, down;
  for (const double point : points) {
    up.push_back(robust.z(point));
    down.push_back(-robust.z(point));
  }
  for (const double z : scores.z) {
    if (z > up.back()) up.push_back(z);
    if (-z > down.front()) down.push_back(-z);
  }
  scores.above = upper_cut(std::move(up));
  scores.below = upper_cut(std::move(down));
  return scores;
}

}  // namespace

void detect_mad(const DetectorInput& input, Evidence& evidence) {
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const auto numbers = numbers_of(input.table.columns[i], input.types[i]);
    if (numbers.empty()) continue;
    const Scores straight = scores_of(numbers, [](double x) { return x; });
    if (straight.z.empty()) continue;
    // Sizes, prices and counts are skewed: what is far must be so on a logarithmic scale as well.
    const double unit = std::max(1e-12, std::abs(numbers[numbers.size() / 2].number) / 10);
    const Scores logs = numbers.front().number >= 0
                            ? scores_of(numbers, [&](double x) { return std::log(x + unit); })
                            : straight;
    if (logs.z.empty()) continue;
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const double z = straight.z[k], l = logs.z[k];
      const double least = std::min(std::abs(z), std::abs(l));
      if (least <= 3.5 || (z > 0) != (l > 0)) continue;  // Iglewicz & Hoaglin 1993
      const bool is_apart =
          z > 0 ? z >= straight.above && l >= logs.above : -z >= straight.below && -l >= logs.below;
      // A number that comes again and again is hardly a slip.
      const double confidence = !is_apart || numbers[k].rows > 2 ? 0.12 : least > 5 ? 0.65 : 0.3;
      evidence.values[i].push_back(
          {numbers[k].code, evidence_for(confidence), kNoText, 0, kNoText});
    }
  }
}

}  // namespace fulcrum::data::tables

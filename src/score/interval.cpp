#include "score/interval.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::score {

namespace {
constexpr double kZ = 1.959963984540054;  // two-sided 95 %
}  // namespace

Interval wilson(double share, double n) {
  if (!(n > 0)) return {0, 1};
  const double z2 = kZ * kZ;
  const double centre = share + z2 / (2 * n);
  const double spread = kZ * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  const double scale = 1 + z2 / n;
  // Rounding must not push a bound past the share itself (0 of n has the low bound 0).
  return {std::clamp((centre - spread) / scale, 0.0, share),
          std::clamp((centre + spread) / scale, share, 1.0)};
}

double effective_size(const std::vector<double>& weights) {
  double sum = 0, squares = 0;
  for (const double weight : weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares > 0 ? sum * sum / squares : 0;
}

Interval ratio_interval(const std::vector<Part>& parts) {
  const double n = static_cast<double>(parts.size());
  double part = 0, whole = 0;
  for (const Part& p : parts) {
    part += p.part;
    whole += p.whole;
  }
  if (n < 2 || !(whole > 0)) return {0, 1};
  const double ratio = part / whole;
  double squares = 0;
  for (const Part& p : parts) squares += std::pow(p.part - ratio * p.whole, 2);
  const double error = kZ * std::sqrt(squares * n / (n - 1)) / whole;
  return {std::max(0.0, ratio - error), std::min(1.0, ratio + error)};
}

Interval product_interval(const std::vector<Interval>& factors) {
  Interval product{1, 1};
  for (const Interval& factor : factors) {
    product.low *= factor.low;
    product.high *= factor.high;
  }
  return product;
}

}  // namespace fulcrum::score

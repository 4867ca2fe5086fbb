#include "data/robust.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fulcrum::data {

namespace {
constexpr double kFirstCut = 3.5;  // Iglewicz & Hoaglin
constexpr double kBin = 0.5;       // of the valley histogram, in robust deviations
constexpr double kGap = 0.75;
}  // namespace

double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(low);
  std::nth_element(values.begin(), nth, values.end());
  const double first = *nth;
  if (low + 1 >= values.size()) return first;
  const double second = *std::min_element(nth + 1, values.end());
  return first + (at - static_cast<double>(low)) * (second - first);
}

double median(std::vector<double>& values) {
  return quantile(values, 0.5);
}

Robust robust_of(std::vector<double> values, double least_spread) {
  Robust robust;
  robust.size = values.size();
  robust.centre = median(values);
  for (double& value : values) value = std::abs(value - robust.centre);
  robust.spread = std::max(1.4826 * median(values), least_spread);
  return robust;
}

double upper_cut(std::vector<double> z) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  if (z.size() < 20) return kNone;
  std::sort(z.begin(), z.end());
  const std::size_t least = z.size() - z.size() / 4;
  std::size_t first =
      static_cast<std::size_t>(std::lower_bound(z.begin(), z.end(), kFirstCut) - z.begin());
  first = std::max(first, least);
  if (first >= z.size()) return kNone;
  for (std::size_t i = std::max<std::size_t>(first, 1); i < z.size(); ++i)
    if (z[i] - std::max(z[i - 1], kFirstCut - kGap) > kGap) return z[i];
  // No gap: a valley in the histogram, i.e. a later bin far fuller than an earlier one.
  std::vector<double> counts;
  for (std::size_t i = first; i < z.size(); ++i) {
    const auto bin = static_cast<std::size_t>((z[i] - z[first]) / kBin);
    if (bin >= counts.size()) counts.resize(bin + 1, 0);
    ++counts[bin];
  }
  for (std::size_t low = 0; low < counts.size(); ++low) {
    const double later =
        *std::max_element(counts.begin() + static_cast<std::ptrdiff_t>(low), counts.end());
    if (later >= 10 && later > 3 * counts[low] + 5 * std::sqrt(counts[low] + 1))
      return z[first] + kBin * static_cast<double>(low);
  }
  return kNone;
}

}  // namespace fulcrum::data

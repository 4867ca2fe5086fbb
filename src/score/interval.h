#pragma once
// 95 % intervals of shares and ratios, and how they combine.
#include <vector>

namespace fulcrum::score {

struct Interval {
  double low = 0;
  double high = 1;
};

/// Wilson's score interval for `share` of `n` trials (Wilson 1927), z = 1.96; [0, 1] when n is 0.
/// For the mean of any quantity in [0, 1] it is conservative: such a mean varies at most as much
/// as a share does.
Interval wilson(double share, double n);

/// Kish's effective sample size (Σw)² ÷ Σw²: what weighted trials are worth.
double effective_size(const std::vector<double>& weights);

struct Part {
  double part = 0;   // ≥ 0
  double whole = 0;  // ≥ 0
};
/// Interval of Σpart ÷ Σwhole by the linearised variance of a ratio (Cochran 1977, 6.3), cut to
/// [0, 1]. With fewer than two parts nothing is known of the spread: [0, 1].
Interval ratio_interval(const std::vector<Part>& parts);

/// Bounds of a product of factors that are each within their interval: the products of the lows
/// and of the highs. It needs no independence; by Bonferroni k intervals of 95 % hold together with
/// at least 1 − 5 % · k.
Interval product_interval(const std::vector<Interval>& factors);

}  // namespace fulcrum::score

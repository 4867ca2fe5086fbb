#pragma once
// Robust statistics: estimates that a third of bad values cannot move far. Pure functions.
#include <vector>

namespace fulcrum::data {

/// Linear interpolation between order statistics; `share` in [0, 1]; 0 for no values. Reorders.
double quantile(std::vector<double>& values, double share);
double median(std::vector<double>& values);

/// Centre and spread that agree with a normal distribution's mean and deviation:
/// median and 1.4826 * MAD (modified z = (x - centre) / spread; Iglewicz & Hoaglin 1993 use 3.5).
struct Robust {
  double centre = 0, spread = 0;
  std::size_t size = 0;
  double z(double x) const { return spread > 0 ? (x - centre) / spread : 0; }
};
/// `least_spread` replaces a spread of zero (more than half of the values are equal).
Robust robust_of(std::vector<double> values, double least_spread);

/// The valley test. Where does the upper tail of `z` (robust scores) turn into a second heap that
/// its own body cannot explain? Returns the score from which values are outliers, or infinity.
/// A single heap has a tail that only falls, so a heavy but natural tail gives no cut; a gap wider
/// than 0.75 with anything beyond is a valley too. Cuts begin at 3.5 and leave at least 75 % below.
double upper_cut(std::vector<double> z);

}  // namespace fulcrum::data

#pragma once
// The quality vector: accuracy, completeness, relevance, timeliness, each with its sample size and
// a 95 % interval. Pure functions. A factor that nobody assessed says so and is not counted as 1.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fulcrum::data {

inline constexpr double kZ95 = 1.959963984540054;

struct Estimate {
  double value = 0, low = 0, high = 0;
  std::int64_t n = 0;
};

/// Wilson score interval (Wilson 1927) for `successes` of `n`; n = 0 gives [0, 1] around 0.5.
/// Fractional successes are allowed (weighted counts).
Estimate wilson(double successes, double n);

/// One stratum of an audited sample: `right` of `n` judged rows, standing for `population` rows.
struct Stratum {
  std::int64_t population = 0, n = 0;
  double right = 0;
};
/// Population-weighted share of right rows. The interval is Wilson's at the effective sample size
/// p(1-p) / var(p), where each stratum's variance uses its Agresti-Coull estimate, so that a
/// stratum without a mistake still has some. A stratum that was not sampled makes it nullopt.
std::optional<Estimate> stratified(std::span<const Stratum> strata);

/// Mean of exp(-ln 2 * age / half_life) over ages in seconds (negative ages count as 0), with a
/// normal interval for the mean.
Estimate timeliness(std::span<const double> ages_s, double half_life_s);

/// Weighted share of filled cells (all weights equal) times observed / expected records (at most
/// 1; expected 0: not declared, factor 1). The interval is Wilson's over the cells.
Estimate completeness(std::int64_t filled_cells, std::int64_t cells, std::int64_t observed,
                      std::int64_t expected);

struct QualityVector {
  std::optional<Estimate> accuracy, completeness, relevance, timeliness;
};
/// The product of the four, where all were assessed. Low and high are the products of the lows and
/// the highs: wider than 95 %.
std::optional<Estimate> product(const QualityVector& quality);
/// Names of the factors that were not assessed.
std::vector<std::string> not_assessed(const QualityVector& quality);

}  // namespace fulcrum::data

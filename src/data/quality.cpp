#include "data/quality.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::data {

Estimate wilson(double successes, double n) {
  if (n <= 0) return {0.5, 0, 1, 0};
  const double p = successes / n, z2 = kZ95 * kZ95;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return {p, std::max(0.0, centre - half), std::min(1.0, centre + half),
          static_cast<std::int64_t>(std::llround(n))};
}

std::optional<Estimate> stratified(std::span<const Stratum> strata) {
  double population = 0, value = 0, variance = 0;
  std::int64_t n = 0;
  for (const auto& stratum : strata) population += static_cast<double>(stratum.population);
  if (population <= 0) return std::nullopt;
  double shrunk = 0;
  for (const auto& stratum : strata) {
    if (stratum.population == 0) continue;
    if (stratum.n == 0) return std::nullopt;
    const double weight = static_cast<double>(stratum.population) / population;
    const auto size = static_cast<double>(stratum.n);
    const double p = (stratum.right + 2) / (size + 4);  // Agresti & Coull 1998
    const double left = 1 - std::min(1.0, size / static_cast<double>(stratum.population));
    value += weight * stratum.right / size;
    shrunk += weight * p;
    variance += weight * weight * p * (1 - p) / size * left;
    n += stratum.n;
  }
  if (variance <= 0) return Estimate{value, value, value, n};  // everything was judged
  const double effective = shrunk * (1 - shrunk) / variance;
  Estimate estimate = wilson(value * effective, effective);
  estimate.value = value;
  estimate.n = n;
  return estimate;
}

Estimate timeliness(std::span<const double> ages_s, double half_life_s) {
  if (ages_s.empty() || half_life_s <= 0) return {0, 0, 1, 0};
  const auto n = static_cast<double>(ages_s.size());
  double mean = 0, squares = 0;
  for (const double age_s : ages_s) {
    const double fresh = std::exp2(-std::max(0.0, age_s) / half_life_s);
    mean += fresh / n;
    squares += fresh * fresh / n;
  }
  const double error = std::sqrt(std::max(0.0, squares - mean * mean) / n);
  return {mean, std::max(0.0, mean - kZ95 * error), std::min(1.0, mean + kZ95 * error),
          static_cast<std::int64_t>(ages_s.size())};
}

Estimate completeness(std::int64_t filled_cells, std::int64_t cells, std::int64_t observed,
                      std::int64_t expected) {
  Estimate estimate = wilson(static_cast<double>(filled_cells), static_cast<double>(cells));
  if (expected <= 0) return estimate;
  const double there = std::min(1.0, static_cast<double>(observed) / static_cast<double>(expected));
  estimate.value *= there;
  estimate.low *= there;
  estimate.high *= there;
  return estimate;
}

std::optional<Estimate> product(const QualityVector& quality) {
  Estimate all{1, 1, 1, 0};
  for (const auto* factor :
       {&quality.accuracy, &quality.completeness, &quality.relevance, &quality.timeliness}) {
    if (!*factor) return std::nullopt;
    all.value *= (*factor)->value;
    all.low *= (*factor)->low;
    all.high *= (*factor)->high;
    all.n = all.n == 0 ? (*factor)->n : std::min(all.n, (*factor)->n);
  }
  return all;
}

std::vector<std::string> not_assessed(const QualityVector& quality) {
  std::vector<std::string> names;
  if (!quality.accuracy) names.emplace_back("accuracy");
  if (!quality.completeness) names.emplace_back("completeness");
  if (!quality.relevance) names.emplace_back("relevance");
  if (!quality.timeliness) names.emplace_back("timeliness");
  return names;
}

}  // namespace fulcrum::data

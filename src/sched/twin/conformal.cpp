#include "sched/twin/conformal.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::sched {

namespace {

constexpr double kMinuteS = 60;  // below it, ratios say little
constexpr double kDayS = 86400;

/// The ceil((n + 1) share)-th smallest: a new one of the same kind exceeds it with a probability of
/// at most 1 - share.
double bound(const std::vector<double>& scores, double share) {
  const auto rank =
      static_cast<std::size_t>(std::ceil(static_cast<double>(scores.size() + 1) * share));
  return scores[std::min(rank, scores.size()) - 1];
}

}  // namespace

std::size_t Conformal::class_of(const WaitQuantiles& forecast) {
  return static_cast<std::size_t>(
      std::upper_bound(kBoundsS.begin(), kBoundsS.end(), forecast[kP50]) - kBoundsS.begin());
}

void Conformal::learn(const WaitQuantiles& forecast, double submit_s, double waited_s) {
  for (const std::size_t one : {class_of(forecast), kClasses}) {
    classes_[one].days.insert(static_cast<std::int64_t>(std::floor(submit_s / kDayS)));
    for (std::size_t i = 0; i < kShares.size(); ++i) {
      // "Never" is never exceeded: the ratio is 0.
      const double ratio = (waited_s + kMinuteS) / (forecast[i] + kMinuteS);
      auto& scores = classes_[one].scores[i];
      scores.insert(std::upper_bound(scores.begin(), scores.end(), ratio), ratio);
    }
  }
}

WaitQuantiles Conformal::corrected(const WaitQuantiles& forecast) const {
  const Class* known = &classes_[class_of(forecast)];
  if (known->scores[kP50].size() < kLeast) known = &classes_[kClasses];
  if (known->scores[kP50].size() < kLeast || forecast.back() <= 0) return forecast;
  const auto days = static_cast<double>(known->days.size());
  WaitQuantiles result{};
  double least_s = 0;
  for (std::size_t i = 0; i < kShares.size(); ++i) {
    const double ratio = std::pow(bound(known->scores[i], kShares[i]), days / (days + kDays));
    if (ratio > 0) least_s = std::max(least_s, (forecast[i] + kMinuteS) * ratio - kMinuteS);
    result[i] = least_s;
  }
  return result;
}

}  // namespace fulcrum::sched

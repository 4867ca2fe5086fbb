#include "release/mixture.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::release {

namespace {

constexpr double kFarthestLook = 1e4;  // times the samples so far; beyond it no forecast is given

/// By what factor the samples must grow until |shift| clears the interval's radius.
std::optional<double> growth_until(double shift, double variance, double tau, double alpha) {
  const auto shown_at = [&](double growth) {
    return mixture_radius(variance / growth, tau, alpha) < std::abs(shift);
  };
  if (!shown_at(kFarthestLook)) return std::nullopt;
  double low = 1.0, high = kFarthestLook;
  for (int step = 0; step < 60 && high / low > 1.0001; ++step) {
    const double middle = std::sqrt(low * high);
    (shown_at(middle) ? high : low) = middle;
  }
  return high;
}

std::int64_t more_samples(double growth, std::int64_t samples) {
  return static_cast<std::int64_t>(std::ceil((growth - 1.0) * static_cast<double>(samples)));
}

}  // namespace

double mixture_ratio(double difference, double variance, double tau) {
  const double total = variance + tau * tau;
  // Far beyond any threshold the exponential would overflow; the verdict is the same.
  const double exponent = tau * tau * difference * difference / (2.0 * variance * total);
  return std::sqrt(variance / total) * std::exp(std::min(exponent, 600.0));
}

double mixture_radius(double variance, double tau, double alpha) {
  const double total = variance + tau * tau;
  return std::sqrt(variance * total / (tau * tau) *
                   (2.0 * std::log(1.0 / alpha) + std::log(total / variance)));
}

void forecast(const Policy& policy, double variance, std::int64_t samples, Evidence& evidence) {
  if (samples == 0) {
    evidence.remaining_samples_at_effect =
        expected_samples(policy, 0.5, policy.minimum_detectable_effect);
    return;
  }
  std::optional<double> growth =
      growth_until(evidence.difference, variance, evidence.tau, policy.alpha);
  if (policy.non_inferiority_margin && evidence.difference > -*policy.non_inferiority_margin) {
    const auto other = growth_until(evidence.difference + *policy.non_inferiority_margin, variance,
                                    evidence.tau, policy.alpha);
    if (other && (!growth || *other < *growth)) growth = other;
  }
  if (growth) {
    evidence.remaining_samples = more_samples(*growth, samples);
    if (evidence.elapsed_s > 0)
      evidence.remaining_s = static_cast<double>(*evidence.remaining_samples) * evidence.elapsed_s /
                             static_cast<double>(samples);
  }
  const auto at_effect =
      growth_until(policy.minimum_detectable_effect, variance, evidence.tau, policy.alpha);
  evidence.remaining_samples_at_effect = more_samples(at_effect.value_or(kFarthestLook), samples);
}

std::int64_t expected_samples(const Policy& policy, double base_rate, double effect) {
  const double other = std::clamp(base_rate + effect, 0.0, 1.0);
  const double share = policy.candidate_share;
  const double variance_of_one =
      std::max(1e-9, base_rate * (1 - base_rate) / (1 - share) + other * (1 - other) / share);
  const auto growth =
      growth_until(effect, variance_of_one, policy.minimum_detectable_effect, policy.alpha);
  if (growth && *growth < kFarthestLook / 2) return static_cast<std::int64_t>(std::ceil(*growth));
  // One sample's variance is far from the answer: continue from ten thousand of them.
  const auto more = growth_until(effect, variance_of_one / kFarthestLook,
                                 policy.minimum_detectable_effect, policy.alpha);
  return static_cast<std::int64_t>(std::ceil(more.value_or(kFarthestLook) * kFarthestLook));
}

}  // namespace fulcrum::release

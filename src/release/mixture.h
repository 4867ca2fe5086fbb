#pragma once
// The mixture sequential probability ratio test of "no difference", which may be looked at as often
// as one likes. Pure.
//
// With d a mean difference and V its estimated variance, the likelihood ratio of "d ~ N(0, tau^2)"
// against "no difference" is
//     L = sqrt(V / (V + tau^2)) exp(tau^2 d^2 / (2 V (V + tau^2)))
// (Robbins 1970, "Statistical methods related to the law of the iterated logarithm"; Johari,
// Koomen, Pekelis, Walsh, "Peeking at A/B tests", KDD 2017, and "Always valid inference",
// Operations Research 70(3), 2022). Under no difference P(L >= 1/alpha at any look) <= alpha,
// asymptotically since V is estimated (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform
// central limit theory", Annals of Statistics 2024). Turned around, the interval
//     d +- sqrt(V (V + tau^2) / tau^2 * (2 ln(1/alpha) + ln((V + tau^2) / V)))
// holds the true difference at all looks together with probability 1 - alpha.
//
// tau is the minimum detectable effect: for alpha = 0.05 the bound is tightest, at the moment when
// a difference of that size is found, for tau = 0.94 of it.
#include <cstdint>

#include "release/policy.h"

namespace fulcrum::release {

/// L above; variance and tau > 0.
double mixture_ratio(double difference, double variance, double tau);
/// Half the interval's width.
double mixture_radius(double variance, double tau, double alpha);

/// Fills `remaining_*` of the evidence: the smaller of the two ways to a verdict when the
/// difference stays as it is, `variance` being the difference's at `samples` samples.
void forecast(const Policy& policy, double variance, std::int64_t samples, Evidence& evidence);
/// Samples (both arms) at which a true difference of `effect` is expected to be shown.
std::int64_t expected_samples(const Policy& policy, double base_rate, double effect);

}  // namespace fulcrum::release

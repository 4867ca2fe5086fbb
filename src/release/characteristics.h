#pragma once
// What a policy's verdicts are worth: simulated releases whose truth is known. Pure and seeded.
// Beside the sequential test it plays the usual mistake, a z-test repeated at every look.
#include <cstdint>

#include "release/policy.h"

namespace fulcrum::release {

/// The truth of a simulated release.
struct Scenario {
  double base_rate = 0.10;  // the stable's reward rate
  double effect = 0;        // the candidate's rate is base_rate + effect
  std::int64_t users = 0;   // 0: every sample is another user's; else so many come back
  double user_spread = 0;   // standard deviation of the users' own rates
  bool users_known = true;  // false: their samples are counted as if independent
  double stable_error_rate = 0;
  double candidate_error_rate = 0;
};

/// Shares of all repetitions, but for the median.
struct Characteristics {
  double promoted = 0;
  double rolled_back = 0;
  double undecided = 0;
  std::int64_t median_samples = 0;  // at the verdict, undecided ones counted at the cap
  double covered = 0;               // the interval held the true difference at every look
  double naive_promoted = 0;        // |z| > 1.96 at some look, the candidate ahead
  double naive_rolled_back = 0;
};

/// Looks after every `look_every` samples, up to policy.max_samples, in each of `repetitions`
/// releases. The result follows from the seed alone.
Characteristics simulate_releases(const Policy& policy, const Scenario& scenario, int repetitions,
                                  std::int64_t look_every, std::uint64_t seed);

}  // namespace fulcrum::release

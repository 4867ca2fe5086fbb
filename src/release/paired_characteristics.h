#pragma once
// What the verdicts of offline replays are worth: simulated ones whose truth is known, judged in
// pairs and, on the same rows, as two halves of users. Pure and seeded.
#include <cstdint>

#include "release/policy.h"

namespace fulcrum::release {

/// The truth of a simulated replay.
struct ReplayScenario {
  double stable_rate = 0.10;  // the stable's reward rate
  double effect = 0;          // the candidate's rate is stable_rate + effect
  double shared = 0.5;        // share of the stable's rewards that the candidate earns as well
  std::int64_t pairs = 2000;  // held-out interactions
  std::int64_t per_user = 1;  // interactions of one user, one after another
  double user_spread = 0;     // standard deviation of the users' own differences
};

/// Shares of all repetitions.
struct ReplayCharacteristics {
  double promoted = 0;
  double rolled_back = 0;
  double covered = 0;        // the interval held the true difference at every look
  double half_promoted = 0;  // two halves of users, by judge()
  double half_rolled_back = 0;
};

/// Looks after every `look_every` rows and at the end, as an offline replay does.
ReplayCharacteristics simulate_replays(const Policy& policy, const ReplayScenario& scenario,
                                       int repetitions, std::int64_t look_every,
                                       std::uint64_t seed);

}  // namespace fulcrum::release

#pragma once
// Deciding an offline replay: both versions answer for the same interactions, so each user is
// compared with itself. Pure. (A live canary cannot do this: a user sees one version.)
//
// With x and y the 0/1 rewards of candidate and stable on one interaction, D_u the sum of x - y
// over the n_u interactions of user u, n = sum n_u over U users:
//     d = sum D_u / n
//     V = U / (U - 1) * sum (D_u - d n_u)^2 / n^2
// the ratio estimator and its variance over users (Cochran, "Sampling techniques", 1977, section
// 6.4), never below the variance of independent pairs with one win and one loss added:
//     V0 = (w + l + 2) / (n + 2) - ((w - l) / (n + 2))^2, over n
// d and V go into the mixture test of mixture.h. What both versions get right, or both wrong, adds
// nothing to V: only the w + l pairs on which they differ do (McNemar, "Note on the sampling error
// of the difference between correlated proportions", Psychometrika 1947), where two halves of
// users pay with the variance of both rates. Hence the first verdict waits for pairs that differ.
#include "release/policy.h"

namespace fulcrum::release {

/// Wins and losses together before a first verdict: fewer are not near enough to normal.
inline constexpr std::int64_t kMinDifferingPairs = 25;

/// What one user adds to PairedCounts so far.
struct UserPairs {
  std::int64_t pairs = 0;
  std::int64_t difference = 0;
};
void add_pair(PairedCounts& counts, UserPairs& user, bool candidate_reward, bool stable_reward);

/// V above; 1 without pairs.
double paired_variance(const PairedCounts& counts);

/// The verdict on cumulative pairs; the arms' counts (the same interactions in both) are evidence
/// beside it. Samples count in both arms, as in judge(): a pair is two. Breakers and guardrails do
/// not apply, since nothing is served. The policy must be valid.
Verdict judge_paired(const Policy& policy, const ArmCounts& stable, const ArmCounts& candidate,
                     const PairedCounts& paired, double elapsed_s);

}  // namespace fulcrum::release

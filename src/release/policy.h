#pragma once
// What a release is judged by, what was counted, and what follows from it. Plain described
// structs, shared by the test, the pillar and the gateway.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <optional>

namespace fulcrum::release {

/// How a canary is split and judged. Rates and effects are absolute differences of reward rates
/// (0.02: two more rewards in a hundred impressions).
struct Policy {
  double candidate_share = 0.5;             // of users, in (0, 1)
  double alpha = 0.05;                      // 1 - confidence of the reward's interval
  double minimum_detectable_effect = 0.02;  // the smallest difference worth finding; sets tau
  std::optional<double> non_inferiority_margin =
      {};                                  // promote when not worse than this; absent: better
  std::int64_t min_samples_per_arm = 100;  // rewards before the first verdict; rare ones need more
  std::int64_t min_users_per_arm = 30;     // where users are counted
  std::int64_t max_samples = 20'000;       // both arms together; then the release ends undecided
  double max_duration_s = 0;               // 0: no limit
  double max_error_rate = 0.10;            // breaker: errors per request of the candidate
  double latency_limit_ms = 0;             // breaker: a request slower than this is slow; 0: none
  double max_slow_share = 0.05;            // 0.05: the 95th percentile may not pass the limit
  double max_error_ratio = 2.0;            // guardrail: candidate's errors against the stable's
};
BOOST_DESCRIBE_STRUCT(Policy, (),
                      (candidate_share, alpha, minimum_detectable_effect, non_inferiority_margin,
                       min_samples_per_arm, min_users_per_arm, max_samples, max_duration_s,
                       max_error_rate, latency_limit_ms, max_slow_share, max_error_ratio))

/// Everything counted for one arm since the release began. Only ever grows.
/// The last four describe users (clusters): with n_u samples and s_u successes of user u,
/// sum_nn = sum n_u^2, sum_ns = sum n_u s_u, sum_ss = sum s_u^2. All 0 where users are not known:
/// every sample then counts as its own user.
struct ArmCounts {
  std::int64_t requests = 0;          // sent to the arm
  std::int64_t errors = 0;            // of these, not answered properly
  std::int64_t slow = 0;              // of these, slower than the policy's limit
  std::int64_t latency_total_us = 0;  // of the answered
  std::int64_t samples = 0;           // answered requests whose reward came
  std::int64_t successes = 0;         // of these, reward 1
  std::int64_t users = 0;
  std::int64_t sum_nn = 0;
  std::int64_t sum_ns = 0;
  std::int64_t sum_ss = 0;
  bool operator==(const ArmCounts&) const = default;
};
BOOST_DESCRIBE_STRUCT(ArmCounts, (),
                      (requests, errors, slow, latency_total_us, samples, successes, users, sum_nn,
                       sum_ns, sum_ss))

/// Rewards of both versions for the same interactions, of an offline replay. With n_u pairs and the
/// summed difference D_u (candidate - stable) of user u: sum_nn = sum n_u^2, sum_nd = sum n_u D_u,
/// sum_dd = sum D_u^2.
struct PairedCounts {
  std::int64_t pairs = 0;
  std::int64_t wins = 0;    // the candidate alone earned a reward
  std::int64_t losses = 0;  // the stable alone did
  std::int64_t users = 0;
  std::int64_t sum_nn = 0;
  std::int64_t sum_nd = 0;
  std::int64_t sum_dd = 0;
  bool operator==(const PairedCounts&) const = default;
};
BOOST_DESCRIBE_STRUCT(PairedCounts, (), (pairs, wins, losses, users, sum_nn, sum_nd, sum_dd))

enum class Outcome { kPromote, kRollBack, kNeedMoreData };
BOOST_DESCRIBE_ENUM(Outcome, kPromote, kRollBack, kNeedMoreData)

enum class Reason {
  kCandidateBetter,     // promote: the interval lies above 0
  kNotWorseThanMargin,  // promote: the interval lies above -margin
  kCandidateWorse,      // roll back: the interval lies below 0
  kErrorBreaker,        // roll back: more errors than max_error_rate
  kLatencyBreaker,      // roll back: more slow answers than max_slow_share
  kMoreErrors,          // roll back: more errors than the stable
  kStoppedByHand,       // roll back: somebody asked for it
  kTooFewSamples,
  kTooFewUsers,
  kUndecided,      // the interval still holds 0
  kSplitMismatch,  // the arms' shares are not the policy's: the comparison is not fair
  kSampleCap,      // undecided at max_samples: no difference was shown, nothing is promoted
  kTimeCap,        // undecided at max_duration_s
  kTrafficEnded,   // undecided when nothing more was to come
};
BOOST_DESCRIBE_ENUM(Reason, kCandidateBetter, kNotWorseThanMargin, kCandidateWorse, kErrorBreaker,
                    kLatencyBreaker, kMoreErrors, kStoppedByHand, kTooFewSamples, kTooFewUsers,
                    kUndecided, kSplitMismatch, kSampleCap, kTimeCap, kTrafficEnded)

/// The numbers behind a verdict. All finite.
struct Evidence {
  ArmCounts stable;
  ArmCounts candidate;
  std::optional<PairedCounts> paired = {};  // the difference was judged by these
  double stable_rate = 0;
  double candidate_rate = 0;
  double difference = 0;  // candidate - stable
  double low = -1;        // always-valid interval of the difference
  double high = 1;
  double confidence = 0.95;  // of that interval, over all looks together
  double p_value = 1;        // always valid, two-sided
  double tau = 0;            // of the mixture
  double design_effect = 1;  // variance with users / variance as if every sample were independent
  double error_p_value = 1;  // the candidate's errors against the stable's
  double split_p_value = 1;  // the arms' sizes against the policy's shares
  double elapsed_s = 0;
  std::optional<std::int64_t> remaining_samples =
      {};                                        // to a verdict if the difference stays as it is
  std::int64_t remaining_samples_at_effect = 0;  // … if it is the minimum detectable effect
  std::optional<double> remaining_s = {};        // remaining_samples at the pace so far
};
BOOST_DESCRIBE_STRUCT(Evidence, (),
                      (stable, candidate, paired, stable_rate, candidate_rate, difference, low,
                       high, confidence, p_value, tau, design_effect, error_p_value, split_p_value,
                       elapsed_s, remaining_samples, remaining_samples_at_effect, remaining_s))

struct Verdict {
  Outcome outcome = Outcome::kNeedMoreData;
  Reason reason = Reason::kTooFewSamples;
  bool is_final = false;  // no later look can change it: promoted, rolled back, or at a cap
  Evidence evidence;
};
BOOST_DESCRIBE_STRUCT(Verdict, (), (outcome, reason, is_final, evidence))

}  // namespace fulcrum::release

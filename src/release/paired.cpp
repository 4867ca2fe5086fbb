#include "release/paired.h"

#include <algorithm>

#include "release/mixture.h"

namespace fulcrum::release {

namespace {

double variance_of_independent_pairs(const PairedCounts& counts) {
  const double n = static_cast<double>(counts.pairs);
  const double square = static_cast<double>(counts.wins + counts.losses + 2) / (n + 2.0);
  const double mean = static_cast<double>(counts.wins - counts.losses) / (n + 2.0);
  return (square - mean * mean) / std::max(n, 1.0);
}

double variance_over_users(const PairedCounts& counts) {
  if (counts.users < 2 || counts.pairs < 1) return 0.0;
  const double n = static_cast<double>(counts.pairs);
  const double users = static_cast<double>(counts.users);
  const double d = static_cast<double>(counts.wins - counts.losses) / n;
  const double squares = static_cast<double>(counts.sum_dd) -
                         2.0 * d * static_cast<double>(counts.sum_nd) +
                         d * d * static_cast<double>(counts.sum_nn);
  return std::max(0.0, squares) / (n * n) * users / (users - 1.0);
}

Evidence gather(const Policy& policy, const ArmCounts& stable, const ArmCounts& candidate,
                const PairedCounts& paired, double elapsed_s) {
  Evidence evidence;
  evidence.stable = stable;
  evidence.candidate = candidate;
  evidence.paired = paired;
  evidence.elapsed_s = elapsed_s;
  evidence.confidence = 1.0 - policy.alpha;
  evidence.tau = policy.minimum_detectable_effect;
  const double variance = paired_variance(paired);
  if (paired.pairs > 0) {
    const double n = static_cast<double>(paired.pairs);
    evidence.stable_rate = static_cast<double>(stable.successes) / n;
    evidence.candidate_rate = static_cast<double>(candidate.successes) / n;
    evidence.difference = static_cast<double>(paired.wins - paired.losses) / n;
    const double radius = mixture_radius(variance, evidence.tau, policy.alpha);
    evidence.low = std::max(-1.0, evidence.difference - radius);
    evidence.high = std::min(1.0, evidence.difference + radius);
    evidence.p_value =
        std::min(1.0, 1.0 / mixture_ratio(evidence.difference, variance, evidence.tau));
    evidence.design_effect = variance / variance_of_independent_pairs(paired);
  }
  forecast(policy, variance, 2 * paired.pairs, evidence);
  return evidence;
}

std::optional<Reason> too_small(const Policy& policy, const PairedCounts& paired) {
  if (paired.pairs < policy.min_samples_per_arm || paired.wins + paired.losses < kMinDifferingPairs)
    return Reason::kTooFewSamples;
  if (paired.users > 0 && paired.users < policy.min_users_per_arm) return Reason::kTooFewUsers;
  return std::nullopt;
}

}  // namespace

void add_pair(PairedCounts& counts, UserPairs& user, bool candidate_reward, bool stable_reward) {
  const std::int64_t d = (candidate_reward ? 1 : 0) - (stable_reward ? 1 : 0);
  if (user.pairs == 0) ++counts.users;
  // (n + 1)^2 - n^2, (n + 1)(D + d) - n D, (D + d)^2 - D^2.
  counts.sum_nn += 2 * user.pairs + 1;
  counts.sum_nd += user.difference + d * (user.pairs + 1);
  counts.sum_dd += d * (2 * user.difference + d);
  ++counts.pairs;
  counts.wins += d > 0 ? 1 : 0;
  counts.losses += d < 0 ? 1 : 0;
  ++user.pairs;
  user.difference += d;
}

double paired_variance(const PairedCounts& counts) {
  if (counts.pairs < 1) return 1.0;
  return std::max(variance_of_independent_pairs(counts), variance_over_users(counts));
}

Verdict judge_paired(const Policy& policy, const ArmCounts& stable, const ArmCounts& candidate,
                     const PairedCounts& paired, double elapsed_s) {
  const Evidence evidence = gather(policy, stable, candidate, paired, elapsed_s);
  const auto verdict = [&](Outcome outcome, Reason reason, bool is_final) {
    return Verdict{outcome, reason, is_final, evidence};
  };
  const std::optional<Reason> waiting = too_small(policy, paired);
  if (!waiting) {
    if (evidence.high < 0) return verdict(Outcome::kRollBack, Reason::kCandidateWorse, true);
    if (evidence.low > 0) return verdict(Outcome::kPromote, Reason::kCandidateBetter, true);
    if (policy.non_inferiority_margin && evidence.low > -*policy.non_inferiority_margin)
      return verdict(Outcome::kPromote, Reason::kNotWorseThanMargin, true);
  }
  if (2 * paired.pairs >= policy.max_samples)
    return verdict(Outcome::kNeedMoreData, Reason::kSampleCap, true);
  if (policy.max_duration_s > 0 && elapsed_s >= policy.max_duration_s)
    return verdict(Outcome::kNeedMoreData, Reason::kTimeCap, true);
  return verdict(Outcome::kNeedMoreData, waiting.value_or(Reason::kUndecided), false);
}

}  // namespace fulcrum::release

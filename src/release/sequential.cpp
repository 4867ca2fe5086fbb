#include "release/sequential.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace fulcrum::release {

namespace {

constexpr double kSplitPriorWeight = 100;
// n p (1 - p) of the smaller arm before its rate is near enough to normal: rare rewards need more.
// Of both arms together, so that an arm's own luck does not choose the moment of the first look.
constexpr double kMinSpread = 9;

double rate_of(const ArmCounts& arm) {
  return arm.samples > 0 ? static_cast<double>(arm.successes) / static_cast<double>(arm.samples)
                         : 0.0;
}

double binomial_variance(const ArmCounts& arm) {
  const double n = static_cast<double>(arm.samples);
  const double rate = (static_cast<double>(arm.successes) + 1.0) / (n + 2.0);
  return rate * (1.0 - rate) / std::max(n, 1.0);
}

double user_variance(const ArmCounts& arm) {
  if (arm.users < 2 || arm.samples < 1) return 0.0;
  const double n = static_cast<double>(arm.samples);
  const double users = static_cast<double>(arm.users);
  const double rate = rate_of(arm);
  const double squares = static_cast<double>(arm.sum_ss) -
                         2.0 * rate * static_cast<double>(arm.sum_ns) +
                         rate * rate * static_cast<double>(arm.sum_nn);
  return std::max(0.0, squares) / (n * n) * users / (users - 1.0);
}

Evidence gather(const Policy& policy, const ArmCounts& stable, const ArmCounts& candidate,
                double elapsed_s) {
  Evidence evidence;
  evidence.stable = stable;
  evidence.candidate = candidate;
  evidence.elapsed_s = elapsed_s;
  evidence.confidence = 1.0 - policy.alpha;
  evidence.tau = policy.minimum_detectable_effect;
  evidence.error_p_value = error_guardrail_p(stable, candidate, policy.max_error_ratio);
  const bool has_users = stable.users > 0 || candidate.users > 0;
  evidence.split_p_value =
      split_p(has_users ? stable.users : stable.samples,
              has_users ? candidate.users : candidate.samples, policy.candidate_share);
  evidence.stable_rate = rate_of(stable);
  evidence.candidate_rate = rate_of(candidate);
  const double variance = rate_variance(stable) + rate_variance(candidate);
  if (stable.samples > 0 && candidate.samples > 0) {
    evidence.difference = evidence.candidate_rate - evidence.stable_rate;
    const double radius = mixture_radius(variance, evidence.tau, policy.alpha);
    evidence.low = std::max(-1.0, evidence.difference - radius);
    evidence.high = std::min(1.0, evidence.difference + radius);
    evidence.p_value =
        std::min(1.0, 1.0 / mixture_ratio(evidence.difference, variance, evidence.tau));
    evidence.design_effect = variance / (binomial_variance(stable) + binomial_variance(candidate));
  }
  forecast(policy, variance, stable.samples + candidate.samples, evidence);
  return evidence;
}

/// Breakers and guardrails: they need no smallest sample.
std::optional<Reason> breach(const Policy& policy, const Evidence& evidence) {
  const ArmCounts& arm = evidence.candidate;
  const double breaker = std::log(1.0 / kBreakerAlpha);
  if (wald_log_ratio(arm.errors, arm.requests, policy.max_error_rate, 2.0) >= breaker)
    return Reason::kErrorBreaker;
  if (policy.latency_limit_ms > 0 &&
      wald_log_ratio(arm.slow, arm.requests, policy.max_slow_share, 2.0) >= breaker)
    return Reason::kLatencyBreaker;
  if (evidence.error_p_value <= kGuardrailAlpha) return Reason::kMoreErrors;
  return std::nullopt;
}

std::optional<Reason> too_small(const Policy& policy, const ArmCounts& stable,
                                const ArmCounts& candidate) {
  const std::int64_t smaller = std::min(stable.samples, candidate.samples);
  if (smaller < policy.min_samples_per_arm) return Reason::kTooFewSamples;
  const double pooled = static_cast<double>(stable.successes + candidate.successes) /
                        static_cast<double>(stable.samples + candidate.samples);
  if (static_cast<double>(smaller) * pooled * (1.0 - pooled) < kMinSpread)
    return Reason::kTooFewSamples;
  const bool has_users = stable.users > 0 || candidate.users > 0;
  if (has_users && std::min(stable.users, candidate.users) < policy.min_users_per_arm)
    return Reason::kTooFewUsers;
  return std::nullopt;
}

}  // namespace

double rate_variance(const ArmCounts& arm) {
  return std::max(binomial_variance(arm), user_variance(arm));
}

double wald_log_ratio(std::int64_t hits, std::int64_t trials, double limit, double multiple) {
  // Halfway to 1 where the multiple would leave the range.
  const double other = std::min(limit * multiple, (1.0 + limit) / 2.0);
  if (limit <= 0) return hits > 0 ? 600.0 : 0.0;
  if (limit >= 1) return 0.0;
  return static_cast<double>(hits) * std::log(other / limit) +
         static_cast<double>(trials - hits) * std::log((1.0 - other) / (1.0 - limit));
}

double error_guardrail_p(const ArmCounts& stable, const ArmCounts& candidate, double multiple) {
  if (stable.requests == 0 || candidate.requests == 0) return 1.0;
  const double share = static_cast<double>(candidate.requests) /
                       static_cast<double>(candidate.requests + stable.requests);
  const double other = multiple * share / (multiple * share + 1.0 - share);
  const double log_ratio =
      static_cast<double>(candidate.errors) * std::log(other / share) +
      static_cast<double>(stable.errors) * std::log((1.0 - other) / (1.0 - share));
  return std::min(1.0, std::exp(-log_ratio));
}

double split_p(std::int64_t stable, std::int64_t candidate, double candidate_share) {
  const double a = kSplitPriorWeight * candidate_share;
  const double b = kSplitPriorWeight - a;
  const double k = static_cast<double>(candidate);
  const double m = static_cast<double>(stable);
  const auto log_beta = [](double x, double y) {
    return std::lgamma(x) + std::lgamma(y) - std::lgamma(x + y);
  };
  const double log_ratio = log_beta(a + k, b + m) - log_beta(a, b) - k * std::log(candidate_share) -
                           m * std::log(1.0 - candidate_share);
  return std::min(1.0, std::exp(-log_ratio));
}

base::Status check_policy(const Policy& policy) {
  const auto inside = [](double value, double low, double high, const char* field) -> base::Status {
    if (value > low && value < high) return {};
    return base::usage("policy.range",
                       fmt::format("must lie between {} and {}, got {}", low, high, value),
                       std::string("policy.") + field);
  };
  CHECK_OK(inside(policy.candidate_share, 0, 1, "candidate_share"));
  CHECK_OK(inside(policy.alpha, 0, 0.5, "alpha"));
  CHECK_OK(inside(policy.minimum_detectable_effect, 0, 1, "minimum_detectable_effect"));
  if (policy.non_inferiority_margin)
    CHECK_OK(inside(*policy.non_inferiority_margin, 0, 1, "non_inferiority_margin"));
  CHECK_OK(inside(policy.max_error_rate, 0, 1, "max_error_rate"));
  CHECK_OK(inside(policy.max_slow_share, 0, 1, "max_slow_share"));
  CHECK_OK(inside(policy.max_error_ratio, 1, 1000, "max_error_ratio"));
  CHECK_OK(
      inside(static_cast<double>(policy.min_samples_per_arm), 19, 1e12, "min_samples_per_arm"));
  CHECK_OK(inside(static_cast<double>(policy.min_users_per_arm), 1, 1e12, "min_users_per_arm"));
  CHECK_OK(inside(static_cast<double>(policy.max_samples), 39, 1e12, "max_samples"));
  CHECK_OK(inside(policy.max_duration_s, -1e-9, 1e9, "max_duration_s"));
  CHECK_OK(inside(policy.latency_limit_ms, -1e-9, 1e9, "latency_limit_ms"));
  return {};
}

Verdict judge(const Policy& policy, const ArmCounts& stable, const ArmCounts& candidate,
              double elapsed_s) {
  const Evidence evidence = gather(policy, stable, candidate, elapsed_s);
  const auto verdict = [&](Outcome outcome, Reason reason, bool is_final) {
    return Verdict{outcome, reason, is_final, evidence};
  };
  if (const auto reason = breach(policy, evidence))
    return verdict(Outcome::kRollBack, *reason, true);

  std::optional<Reason> waiting = too_small(policy, stable, candidate);
  if (!waiting) {
    if (evidence.high < 0) return verdict(Outcome::kRollBack, Reason::kCandidateWorse, true);
    if (evidence.split_p_value <= kSplitAlpha) {
      waiting = Reason::kSplitMismatch;
    } else if (evidence.low > 0) {
      return verdict(Outcome::kPromote, Reason::kCandidateBetter, true);
    } else if (policy.non_inferiority_margin && evidence.low > -*policy.non_inferiority_margin) {
      return verdict(Outcome::kPromote, Reason::kNotWorseThanMargin, true);
    }
  }
  if (stable.samples + candidate.samples >= policy.max_samples)
    return verdict(Outcome::kNeedMoreData,
                   waiting == Reason::kSplitMismatch ? *waiting : Reason::kSampleCap, true);
  if (policy.max_duration_s > 0 && elapsed_s >= policy.max_duration_s)
    return verdict(Outcome::kNeedMoreData,
                   waiting == Reason::kSplitMismatch ? *waiting : Reason::kTimeCap, true);
  return verdict(Outcome::kNeedMoreData, waiting.value_or(Reason::kUndecided), false);
}

}  // namespace fulcrum::release

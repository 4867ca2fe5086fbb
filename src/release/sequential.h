#pragma once
// Deciding a canary from counts that may be looked at as often as one likes. Pure.
//
// Reward: two concurrent arms of 0/1 rewards. d is the difference of their rates, V its estimated
// variance; mixture.h has the test. Since V is estimated the promise holds from a certain number of
// samples on: hence the smallest sample before a first verdict.
//
// Users come back, and their rewards resemble each other; the arms are drawn by user. V is
// therefore the larger of the binomial variance and the ratio estimator's over users
// (Deng, Knoblich, Lu, "Applying the delta method in metric analytics", KDD 2018).
//
// Breakers and the error guardrail are Wald's test (1945) of a limit against a multiple of it:
// exact at any number of requests, at any look.
#include "base/result.h"
#include "release/mixture.h"
#include "release/policy.h"

namespace fulcrum::release {

/// False alarms allowed over a whole release, beside the reward's alpha.
inline constexpr double kGuardrailAlpha = 0.01;
inline constexpr double kBreakerAlpha = 0.001;
inline constexpr double kSplitAlpha = 0.001;

/// Variance of an arm's reward rate. Binomial with one success and one failure added, so that an
/// arm without successes is not taken for certain; or over users where that is larger.
double rate_variance(const ArmCounts& arm);
/// Logarithm of Wald's ratio for `hits` of `trials`: rate `limit` against rate `limit * multiple`.
/// P(it ever reaches ln(1/a)) <= a while the true rate is at most `limit`.
double wald_log_ratio(std::int64_t hits, std::int64_t trials, double limit, double multiple);
/// Always-valid p-value of "candidate and stable err at the same rate" against `multiple` times as
/// often: given that an error happened, whose it was is a coin weighted by the requests.
double error_guardrail_p(const ArmCounts& stable, const ArmCounts& candidate, double multiple);
/// Always-valid p-value of "the arms are split by `candidate_share`" (beta mixture; Lindon, Malek,
/// "Anytime-valid inference for multinomial count data", NeurIPS 2022).
double split_p(std::int64_t stable, std::int64_t candidate, double candidate_share);

/// Fails with `policy.range`, naming the field.
base::Status check_policy(const Policy& policy);
/// The verdict on cumulative counts after `elapsed_s`. Pure; the policy must be valid.
Verdict judge(const Policy& policy, const ArmCounts& stable, const ArmCounts& candidate,
              double elapsed_s);

}  // namespace fulcrum::release

#include "release/sequential.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "release/characteristics.h"

namespace fulcrum::release {
namespace {

constexpr std::uint64_t kSeed = 2017;
constexpr int kRepetitions = 1000;
constexpr std::int64_t kLookEvery = 50;

Policy policy_for(double effect) {
  Policy policy;
  policy.minimum_detectable_effect = effect;
  return policy;
}

ArmCounts arm(std::int64_t samples, std::int64_t successes) {
  ArmCounts counts;
  counts.requests = counts.samples = samples;
  counts.successes = successes;
  return counts;
}

Characteristics simulate(const Policy& policy, const Scenario& scenario) {
  const auto result = simulate_releases(policy, scenario, kRepetitions, kLookEvery, kSeed);
  std::printf("seed %llu: promoted %.3f rolled back %.3f median %lld covered %.3f; z %.3f %.3f\n",
              static_cast<unsigned long long>(kSeed), result.promoted, result.rolled_back,
              static_cast<long long>(result.median_samples), result.covered, result.naive_promoted,
              result.naive_rolled_back);
  return result;
}

// The mixture written as the integral it stands for.
double integrated_ratio(double difference, double variance, double tau) {
  const int kSteps = 200'000;
  const double reach = 12 * tau;
  double sum = 0;
  for (int i = 0; i <= kSteps; ++i) {
    const double theta = -reach + 2 * reach * i / kSteps;
    const double prior = std::exp(-theta * theta / (2 * tau * tau)) / (tau * std::sqrt(2 * M_PI));
    const double likelihood = std::exp((2 * difference * theta - theta * theta) / (2 * variance));
    sum += prior * likelihood * (i == 0 || i == kSteps ? 0.5 : 1.0);
  }
  return sum * 2 * reach / kSteps;
}

TEST(Mixture, EqualsItsIntegral) {
  for (const double difference : {0.0, 0.01, 0.05})
    for (const double variance : {1e-4, 4e-4}) {
      const double expected = integrated_ratio(difference, variance, 0.03);
      EXPECT_NEAR(mixture_ratio(difference, variance, 0.03) / expected, 1.0, 1e-6);
    }
}

TEST(Mixture, RadiusIsWhereTheRatioReachesOneOverAlpha) {
  for (const double alpha : {0.01, 0.05, 0.2}) {
    const double radius = mixture_radius(2e-4, 0.02, alpha);
    EXPECT_NEAR(mixture_ratio(radius, 2e-4, 0.02) * alpha, 1.0, 1e-9);
  }
}

TEST(Mixture, TauAtTheEffectIsNearlyTheFastest) {
  // Samples until a difference of 0.03 is shown, as tau varies: the declared effect must be within
  // two in a hundred of the best.
  const auto needed = [](double tau) {
    double low = 1e-9, high = 1;
    for (int i = 0; i < 200; ++i) {
      const double middle = std::sqrt(low * high);
      (mixture_radius(middle, tau, 0.05) < 0.03 ? low : high) = middle;
    }
    return 1 / low;
  };
  double best = needed(0.03);
  for (double tau = 0.005; tau < 0.2; tau *= 1.05) best = std::min(best, needed(tau));
  EXPECT_LT(needed(0.03) / best, 1.02);
  EXPECT_GT(needed(0.003) / best, 1.2);
}

TEST(Mixture, RatioIsAMartingaleUnderEquality) {
  // Its mean stays 1 for normal data of known variance.
  base::Random random(kSeed);
  double sum = 0;
  const int kPaths = 200'000;
  for (int i = 0; i < kPaths; ++i)
    sum += mixture_ratio(random.normal() * std::sqrt(1e-4), 1e-4, 0.005);
  EXPECT_NEAR(sum / kPaths, 1.0, 0.01) << "seed " << kSeed;
}

TEST(Variance, GrowsWithUsersWhoseRewardsResembleEachOther) {
  ArmCounts alone = arm(1000, 300);
  // 100 users of 10 samples each: 30 always reward, 70 never do.
  ArmCounts alike = alone;
  alike.users = 100;
  alike.sum_nn = 100 * 100;
  alike.sum_ns = 30 * 100;
  alike.sum_ss = 30 * 100;
  // sum over users of (s - 0.3 n)^2 = 30 * 49 + 70 * 9 = 2100; / 1000^2 * 100 / 99.
  EXPECT_NEAR(rate_variance(alike), 2100.0 / 1e6 * 100 / 99, 1e-12);
  EXPECT_GT(rate_variance(alike), 9 * rate_variance(alone));
  EXPECT_GT(rate_variance(arm(100, 0)), 0);
}

TEST(Wald, FalseAlarmsStayBelowTheirRate) {
  base::Random random(kSeed);
  int alarms = 0;
  for (int path = 0; path < 2000; ++path) {
    std::int64_t hits = 0;
    for (std::int64_t n = 1; n <= 2000; ++n) {
      hits += random.uniform() < 0.1 ? 1 : 0;
      if (wald_log_ratio(hits, n, 0.1, 2.0) >= std::log(1 / 0.05)) {
        ++alarms;
        break;
      }
    }
  }
  EXPECT_LE(alarms, 2000 * 0.05) << "seed " << kSeed;
  EXPECT_GT(alarms, 10) << "a bound that never alarms tests nothing";
}

TEST(Judge, PromotesRollsBackAndWaits) {
  const Policy policy = policy_for(0.03);
  EXPECT_EQ(judge(policy, arm(3000, 300), arm(3000, 450), 0).reason, Reason::kCandidateBetter);
  EXPECT_EQ(judge(policy, arm(3000, 450), arm(3000, 300), 0).reason, Reason::kCandidateWorse);
  const Verdict waiting = judge(policy, arm(1000, 100), arm(1000, 110), 100);
  EXPECT_EQ(waiting.reason, Reason::kUndecided);
  EXPECT_FALSE(waiting.is_final);
  ASSERT_TRUE(waiting.evidence.remaining_samples);
  EXPECT_GT(*waiting.evidence.remaining_samples, 10'000);
  EXPECT_NEAR(*waiting.evidence.remaining_s,
              static_cast<double>(*waiting.evidence.remaining_samples) / 20.0, 1e-6);
  EXPECT_LT(waiting.evidence.remaining_samples_at_effect, 5'000);
  EXPECT_EQ(judge(policy, arm(10, 0), arm(10, 10), 0).reason, Reason::kTooFewSamples);
}

TEST(Judge, ForecastComesTrue) {
  const Policy policy = policy_for(0.03);
  const Verdict now = judge(policy, arm(1000, 100), arm(1000, 130), 0);
  ASSERT_EQ(now.reason, Reason::kUndecided);
  const std::int64_t half = *now.evidence.remaining_samples / 2 + 1;
  const auto later = [&](std::int64_t more) {
    const std::int64_t n = 1000 + more;
    return judge(policy, arm(n, n / 10), arm(n, n * 13 / 100), 0).reason;
  };
  EXPECT_EQ(later(half + 20), Reason::kCandidateBetter);
  EXPECT_EQ(later(half - 100), Reason::kUndecided);
}

TEST(Judge, EqualModelsAreNotPromotedAtTheCap) {
  const Verdict verdict = judge(policy_for(0.03), arm(10'000, 1000), arm(10'000, 1000), 0);
  EXPECT_EQ(verdict.outcome, Outcome::kNeedMoreData);
  EXPECT_EQ(verdict.reason, Reason::kSampleCap);
  EXPECT_TRUE(verdict.is_final);
  EXPECT_FALSE(verdict.evidence.remaining_samples);
  Policy margin = policy_for(0.03);
  margin.non_inferiority_margin = 0.03;
  EXPECT_EQ(judge(margin, arm(10'000, 1000), arm(10'000, 1000), 0).reason,
            Reason::kNotWorseThanMargin);
  Policy timed = policy_for(0.03);
  timed.max_duration_s = 60;
  EXPECT_EQ(judge(timed, arm(500, 50), arm(500, 50), 61).reason, Reason::kTimeCap);
}

TEST(Judge, BreakersNeedNoSmallestSample) {
  Policy policy = policy_for(0.03);
  policy.latency_limit_ms = 200;
  ArmCounts broken;
  broken.requests = broken.errors = 12;
  EXPECT_EQ(judge(policy, arm(12, 1), broken, 0).reason, Reason::kErrorBreaker);
  ArmCounts slow = arm(30, 3);
  slow.slow = 20;
  EXPECT_EQ(judge(policy, arm(30, 3), slow, 0).reason, Reason::kLatencyBreaker);
  ArmCounts erring = arm(5000, 500), steady = arm(5000, 500);
  erring.requests += 60;
  erring.errors = 60;
  steady.requests += 20;
  steady.errors = 20;
  EXPECT_EQ(judge(policy, steady, erring, 0).reason, Reason::kMoreErrors);
  EXPECT_NE(judge(policy, erring, steady, 0).reason, Reason::kMoreErrors);
}

TEST(Judge, AnUnfairSplitIsNotPromotedButMayBeRolledBack) {
  const Policy policy = policy_for(0.03);
  const Verdict better = judge(policy, arm(4000, 400), arm(3000, 450), 0);
  EXPECT_EQ(better.reason, Reason::kSplitMismatch);
  EXPECT_EQ(better.outcome, Outcome::kNeedMoreData);
  EXPECT_EQ(judge(policy, arm(4000, 600), arm(3000, 300), 0).reason, Reason::kCandidateWorse);
}

TEST(Policy, RefusesWhatMakesNoSense) {
  EXPECT_TRUE(check_policy(Policy{}));
  Policy policy;
  policy.alpha = 0;
  const auto status = check_policy(policy);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().field, "policy.alpha");
}

TEST(Policy, ExpectedSamplesMatchTheSimulatedMedian) {
  const Policy policy = policy_for(0.03);
  const auto simulated = simulate(policy, {.effect = 0.03});
  const auto expected = static_cast<double>(expected_samples(policy, 0.1, 0.03));
  EXPECT_NEAR(static_cast<double>(simulated.median_samples) / expected, 1.0, 0.3);
}

// What the verdicts are worth; the README's table is made by bench/release_characteristics.
TEST(Characteristics, EqualModels) {
  const auto result = simulate(policy_for(0.03), {});
  EXPECT_LE(result.promoted, 0.05);
  EXPECT_LE(result.rolled_back, 0.05);
  EXPECT_LE(result.promoted + result.rolled_back, 0.05 + 0.011);  // with the guardrails' share
  EXPECT_GE(result.covered, 0.95);
  // Why not simply a z-test at every look: it promotes one equal model in five.
  EXPECT_GT(result.naive_promoted, 0.15);
  EXPECT_GT(result.naive_rolled_back, 0.15);
}

TEST(Characteristics, EqualModelsOnATenthOfTheUsers) {
  Policy policy = policy_for(0.03);
  policy.candidate_share = 0.1;
  const auto result = simulate(policy, {});
  EXPECT_LE(result.promoted, 0.05);
  EXPECT_LE(result.rolled_back, 0.05);
  EXPECT_GE(result.covered, 0.95);
}

TEST(Characteristics, RareRewardsInASmallArm) {
  Policy policy = policy_for(0.01);
  policy.candidate_share = 0.1;
  const auto result = simulate(policy, {.base_rate = 0.02});
  EXPECT_LE(result.promoted, 0.05);
  EXPECT_LE(result.rolled_back, 0.05);
  EXPECT_GE(result.covered, 0.95);
}

TEST(Characteristics, BetterCandidate) {
  const auto result = simulate(policy_for(0.03), {.effect = 0.03});
  EXPECT_GE(result.promoted, 0.8);
  EXPECT_LE(result.rolled_back, 0.05);
  EXPECT_LE(result.median_samples, 6000);
  EXPECT_GE(result.covered, 0.95);
}

TEST(Characteristics, WorseCandidate) {
  const auto result = simulate(policy_for(0.03), {.effect = -0.03});
  EXPECT_LE(result.promoted, 0.05);
  EXPECT_GE(result.rolled_back, 0.8);
  EXPECT_GE(result.covered, 0.95);
}

TEST(Characteristics, WorseByTheMargin) {
  Policy policy = policy_for(0.03);
  policy.non_inferiority_margin = 0.02;
  const auto result = simulate(policy, {.effect = -0.02});
  EXPECT_LE(result.promoted, 0.05);
}

TEST(Characteristics, UsersWhoComeBack) {
  Scenario scenario{.base_rate = 0.3, .users = 1000, .user_spread = 0.15};
  const auto counted = simulate(policy_for(0.03), scenario);
  EXPECT_LE(counted.promoted, 0.05);
  EXPECT_LE(counted.rolled_back, 0.05);
  EXPECT_GE(counted.covered, 0.95);
  scenario.users_known = false;
  const auto ignored = simulate(policy_for(0.03), scenario);
  EXPECT_LT(ignored.covered, 0.93) << "users would not need to be counted";
}

TEST(Characteristics, DoubledErrorsAreFoundAndEqualErrorsAreNot) {
  Policy policy = policy_for(0.03);
  const auto equal = simulate(policy, {.stable_error_rate = 0.004, .candidate_error_rate = 0.004});
  EXPECT_LE(equal.rolled_back, 0.05);
  const auto doubled =
      simulate(policy, {.stable_error_rate = 0.004, .candidate_error_rate = 0.008});
  EXPECT_GE(doubled.rolled_back, 0.75);
}

TEST(Characteristics, FollowFromTheSeedAlone) {
  Policy policy = policy_for(0.03);
  policy.max_samples = 2000;
  const auto first = simulate_releases(policy, {.effect = 0.05}, 50, 50, 9);
  const auto again = simulate_releases(policy, {.effect = 0.05}, 50, 50, 9);
  EXPECT_EQ(first.promoted, again.promoted);
  EXPECT_EQ(first.median_samples, again.median_samples);
}

}  // namespace
}  // namespace fulcrum::release

#include "release/paired.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "base/random.h"
#include "release/mixture.h"
#include "release/paired_characteristics.h"

namespace fulcrum::release {
namespace {

constexpr std::uint64_t kSeed = 1947;
constexpr int kRepetitions = 1000;
constexpr std::int64_t kLookEvery = 50;

ReplayCharacteristics simulate(const ReplayScenario& scenario, double effect_wanted = 0.02) {
  const Policy policy{.minimum_detectable_effect = effect_wanted};
  const auto result = simulate_replays(policy, scenario, kRepetitions, kLookEvery, kSeed);
  std::printf("seed %llu: pairs promoted %.3f rolled back %.3f covered %.3f; halves %.3f %.3f\n",
              static_cast<unsigned long long>(kSeed), result.promoted, result.rolled_back,
              result.covered, result.half_promoted, result.half_rolled_back);
  return result;
}

ArmCounts arm(std::int64_t samples, std::int64_t successes) {
  return {.requests = samples, .samples = samples, .successes = successes};
}

TEST(Paired, CountsByUser) {
  PairedCounts counts;
  UserPairs one, two;
  add_pair(counts, one, true, false);
  add_pair(counts, one, true, false);
  add_pair(counts, one, true, true);
  add_pair(counts, two, false, true);
  EXPECT_EQ(counts, (PairedCounts{.pairs = 4,
                                  .wins = 2,
                                  .losses = 1,
                                  .users = 2,
                                  .sum_nn = 9 + 1,
                                  .sum_nd = 3 * 2 - 1,
                                  .sum_dd = 4 + 1}));
}

TEST(Paired, VarianceOfOneRowAUserIsThatOfTheDifferences) {
  base::Random random(kSeed);
  PairedCounts counts;
  double sum = 0, squares = 0;
  const int kPairs = 5000;
  for (int i = 0; i < kPairs; ++i) {
    UserPairs user;
    const bool candidate = random.uniform() < 0.3, stable = random.uniform() < 0.2;
    add_pair(counts, user, candidate, stable);
    const double d = static_cast<double>(candidate) - static_cast<double>(stable);
    sum += d;
    squares += d * d;
  }
  const double mean = sum / kPairs;
  const double expected = (squares / kPairs - mean * mean) / kPairs;
  EXPECT_NEAR(paired_variance(counts) / expected, 1.0, 0.01);
}

TEST(Paired, RowsOfOneUserAreNotIndependent) {
  PairedCounts apart, together;
  for (int user = 0; user < 100; ++user) {
    UserPairs joint;
    for (int row = 0; row < 10; ++row) {
      UserPairs own;
      add_pair(apart, own, user % 2 == 0, user % 2 == 1);
      add_pair(together, joint, user % 2 == 0, user % 2 == 1);
    }
  }
  EXPECT_GT(paired_variance(together), 9 * paired_variance(apart));
}

// What both get right or wrong adds nothing: the same wins and losses, another overlap.
TEST(Paired, OnlyDifferingPairsCount) {
  const PairedCounts counts{.pairs = 400, .wins = 60, .losses = 20};
  const Policy policy;
  const auto few = judge_paired(policy, arm(400, 20), arm(400, 60), counts, 0);
  const auto many = judge_paired(policy, arm(400, 220), arm(400, 260), counts, 0);
  EXPECT_EQ(few.outcome, Outcome::kPromote);
  EXPECT_EQ(few.evidence.low, many.evidence.low);
  EXPECT_EQ(few.evidence.high, many.evidence.high);
  ASSERT_TRUE(few.evidence.paired);
  EXPECT_EQ(*few.evidence.paired, counts);
}

TEST(Paired, VerdictsFollowTheInterval) {
  const Policy policy;
  const auto worse =
      judge_paired(policy, arm(400, 60), arm(400, 20), {.pairs = 400, .wins = 20, .losses = 60}, 0);
  EXPECT_EQ(worse.reason, Reason::kCandidateWorse);
  const auto equal =
      judge_paired(policy, arm(400, 60), arm(400, 60), {.pairs = 400, .wins = 40, .losses = 40}, 0);
  EXPECT_EQ(equal.reason, Reason::kUndecided);
  EXPECT_GT(equal.evidence.remaining_samples_at_effect, 0);
  const auto rare =
      judge_paired(policy, arm(400, 0), arm(400, 24), {.pairs = 400, .wins = 24, .losses = 0}, 0);
  EXPECT_EQ(rare.reason, Reason::kTooFewSamples);
  const auto capped = judge_paired({.max_samples = 800}, arm(400, 60), arm(400, 60),
                                   {.pairs = 400, .wins = 40, .losses = 40}, 0);
  EXPECT_EQ(capped.reason, Reason::kSampleCap);
  EXPECT_TRUE(capped.is_final);
}

TEST(Paired, EqualModelsAreSeldomTold) {
  for (const ReplayScenario& scenario :
       {ReplayScenario{}, ReplayScenario{.shared = 0.9}, ReplayScenario{.shared = 0.0},
        ReplayScenario{.stable_rate = 0.02}, ReplayScenario{.stable_rate = 0.4, .pairs = 300},
        ReplayScenario{.pairs = 10'000},
        ReplayScenario{.stable_rate = 0.3, .pairs = 5000, .per_user = 10, .user_spread = 0.2}}) {
    const auto result = simulate(scenario);
    EXPECT_LE(result.promoted + result.rolled_back, 0.05);
    EXPECT_GE(result.covered, 0.95);
  }
}

TEST(Paired, TellsWhatHalvesOfUsersCannot) {
  const auto clear = simulate({.effect = 0.04, .shared = 0.7, .pairs = 1000});
  EXPECT_GT(clear.promoted, 2 * clear.half_promoted);
  EXPECT_GT(clear.promoted, 0.5);
  EXPECT_EQ(clear.rolled_back, 0);
  const auto worse = simulate({.stable_rate = 0.2, .effect = -0.05, .shared = 0.7, .pairs = 1000});
  EXPECT_GT(worse.rolled_back, 2 * worse.half_rolled_back);
  EXPECT_EQ(worse.promoted, 0);
}

}  // namespace
}  // namespace fulcrum::release

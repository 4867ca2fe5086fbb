#include "data/quality.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace fulcrum::data {
namespace {

TEST(Wilson, AgreesWithPublishedValues) {
  // Newcombe 1998, table I: 81/263 and 0/20 by the score method without continuity correction.
  EXPECT_NEAR(wilson(81, 263).low, 0.2553, 5e-5);
  EXPECT_NEAR(wilson(81, 263).high, 0.3662, 5e-5);
  EXPECT_NEAR(wilson(0, 20).low, 0.0, 1e-12);
  EXPECT_NEAR(wilson(0, 20).high, 0.1611, 5e-5);
  EXPECT_EQ(wilson(0, 0).high, 1);
}

TEST(Wilson, CoversTheTruthNinetyFiveTimesInAHundred) {
  base::Random random(20260101);
  for (const double p : {0.5, 0.8, 0.95}) {
    int covered = 0;
    for (int repetition = 0; repetition < 1000; ++repetition) {
      int right = 0;
      for (int i = 0; i < 100; ++i) right += random.uniform() < p;
      const Estimate estimate = wilson(right, 100);
      covered += estimate.low <= p && p <= estimate.high;
    }
    EXPECT_GE(covered, 925) << "p " << p << " seed 20260101";
    EXPECT_LE(covered, 985) << "p " << p << " seed 20260101";
  }
}

TEST(Stratified, CoversTheTruthAndWeighsByPopulation) {
  base::Random random(7);
  const double p[2] = {0.97, 0.85};
  const std::int64_t population[2] = {9000, 1000};
  const double truth = 0.9 * p[0] + 0.1 * p[1];
  int covered = 0;
  double mean = 0;
  for (int repetition = 0; repetition < 1000; ++repetition) {
    Stratum strata[2];
    for (int s = 0; s < 2; ++s) {
      strata[s] = {population[s], 60, 0};
      for (int i = 0; i < 60; ++i) strata[s].right += random.uniform() < p[s];
    }
    const auto estimate = stratified(strata);
    ASSERT_TRUE(estimate);
    mean += estimate->value / 1000;
    covered += estimate->low <= truth && truth <= estimate->high;
  }
  EXPECT_NEAR(mean, truth, 0.003);
  EXPECT_GE(covered, 925) << "seed 7";
}

TEST(Stratified, ASideThatNobodyJudgedMakesNoEstimate) {
  const Stratum strata[2] = {{10, 5, 5}, {10, 0, 0}};
  EXPECT_FALSE(stratified(strata));
  const Stratum empty_side[2] = {{10, 5, 5}, {0, 0, 0}};
  EXPECT_TRUE(stratified(empty_side));
}

TEST(Timeliness, HalvesWithEachHalfLife) {
  const double ages_s[] = {0, 86'400, 172'800};
  const Estimate estimate = timeliness(ages_s, 86'400);
  EXPECT_NEAR(estimate.value, (1 + 0.5 + 0.25) / 3, 1e-12);
  EXPECT_EQ(estimate.n, 3);
}

TEST(Completeness, CountsMissingRecordsToo) {
  EXPECT_NEAR(completeness(90, 100, 50, 100).value, 0.45, 1e-12);
  EXPECT_NEAR(completeness(90, 100, 150, 100).value, 0.90, 1e-12);
  EXPECT_NEAR(completeness(90, 100, 50, 0).value, 0.90, 1e-12);
}

TEST(Product, NeedsEveryFactor) {
  QualityVector quality;
  quality.accuracy = quality.completeness = quality.relevance = Estimate{0.9, 0.8, 1, 10};
  EXPECT_FALSE(product(quality));
  EXPECT_EQ(not_assessed(quality), std::vector<std::string>{"timeliness"});
  quality.timeliness = Estimate{0.5, 0.4, 0.6, 5};
  EXPECT_NEAR(product(quality)->value, 0.9 * 0.9 * 0.9 * 0.5, 1e-12);
  EXPECT_EQ(product(quality)->n, 5);
}

}  // namespace
}  // namespace fulcrum::data

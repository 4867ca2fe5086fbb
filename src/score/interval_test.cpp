#include "score/interval.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace fulcrum::score {
namespace {

TEST(Wilson, AgreesWithTheFormulaByHand) {
  // 8 of 10: centre (.8 + 3.8415/20)/(1 + .38415) = .71674, spread .22658.
  const Interval eight = wilson(0.8, 10);
  EXPECT_NEAR(eight.low, 0.4902, 5e-5);
  EXPECT_NEAR(eight.high, 0.9433, 5e-5);
  const Interval none = wilson(0, 10);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.2775, 5e-5);
  const Interval unknown = wilson(0.5, 0);
  EXPECT_EQ(unknown.low, 0);
  EXPECT_EQ(unknown.high, 1);
}

TEST(EffectiveSize, IsTheCountForEqualWeightsAndLessOtherwise) {
  EXPECT_DOUBLE_EQ(effective_size({2, 2, 2}), 3);
  EXPECT_DOUBLE_EQ(effective_size({3, 1}), 1.6);
  EXPECT_DOUBLE_EQ(effective_size({}), 0);
}

TEST(RatioInterval, AgreesWithTheLinearisedVarianceByHand) {
  // R = 4/6; residuals ∓1/3; sqrt(2/9 · 2)/6 = 1/9; 1.96/9 = .21777.
  const Interval interval = ratio_interval({{1, 2}, {3, 4}});
  EXPECT_NEAR(interval.low, 4.0 / 6 - 0.21777, 1e-4);
  EXPECT_NEAR(interval.high, 4.0 / 6 + 0.21777, 1e-4);
  EXPECT_EQ(ratio_interval({{1, 2}}).high, 1);
  EXPECT_EQ(ratio_interval({{1, 2}}).low, 0);
}

TEST(ProductInterval, IsTheProductOfTheBounds) {
  const Interval product = product_interval({{0.5, 0.8}, {0.2, 1}});
  EXPECT_DOUBLE_EQ(product.low, 0.1);
  EXPECT_DOUBLE_EQ(product.high, 0.8);
}

TEST(Wilson, HoldsTheShareAndNarrowsWithTheSample) {
  EXPECT_TRUE(rc::check([] {
    const int n = *rc::gen::inRange(1, 10'000);
    const int successes = *rc::gen::inRange(0, n + 1);
    const double share = static_cast<double>(successes) / n;
    const Interval interval = wilson(share, n), wider = wilson(share, n / 2.0);
    RC_ASSERT(0 <= interval.low && interval.low <= share);
    RC_ASSERT(share <= interval.high && interval.high <= 1);
    RC_ASSERT(interval.high - interval.low <= wider.high - wider.low + 1e-12);
  }));
}

}  // namespace
}  // namespace fulcrum::score

// Ids and the generator behind them.
#include "base/ids.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fulcrum::base {
namespace {

TEST(Ids, GrowWithinAMillisecondAcrossThemAndWhenTheClockGoesBack) {
  IdSource ids(1);
  std::string last;
  for (const std::int64_t now_us :
       {1'000'000, 1'000'000, 1'000'001, 2'000'000, 1'500'000, 3'000'000})
    for (int i = 0; i < 1000; ++i) {
      const std::string id = ids.next(now_us);
      EXPECT_EQ(id.size(), 26u);
      ASSERT_LT(last, id);
      last = id;
    }
}

TEST(Ids, BeginWithTheTime) {
  // The specification's example: 1469918176385 ms is 01ARYZ6S41.
  EXPECT_EQ(IdSource(1).next(1'469'918'176'385'000).substr(0, 10), "01ARYZ6S41");
}

TEST(Ids, TheSeedDecides) {
  EXPECT_EQ(IdSource(7).next(1'000), IdSource(7).next(1'000));
  EXPECT_NE(IdSource(7).next(1'000), IdSource(8).next(1'000));
  EXPECT_NE(IdSource::system().next(1'000), IdSource::system().next(1'000));
}

TEST(Random, FollowsThePublishedGenerator) {
  // xoshiro256** from the state that SplitMix64 gives for seed 0 (whose first output is
  // e220a8397b1dcdaf).
  Random random(0);
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4ULL);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452aULL);
}

TEST(Random, UniformAndBelowStayInsideAndFillTheirRange) {
  Random random(3);
  int counts[7] = {};
  double sum = 0;
  for (int i = 0; i < 70'000; ++i) {
    ++counts[random.below(7)];
    const double u = random.uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
  }
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
  EXPECT_NEAR(sum / 70'000, 0.5, 0.01);
  EXPECT_EQ(random.below(1), 0u);
}

TEST(Random, NormalHasMeanZeroAndVarianceOne) {
  Random random(4);
  double sum = 0, squares = 0;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.normal();
    ASSERT_TRUE(std::isfinite(x));
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1, 0.03);
}

}  // namespace
}  // namespace fulcrum::base

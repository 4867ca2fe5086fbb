#include "release/tally.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/random.h"

namespace fulcrum::release {
namespace {

TEST(Split, FollowsTheShareAndNests) {
  int in_tenth = 0, in_half = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t key = user_key(std::to_string(i), "spring");
    const bool tenth = arm_of(key, 0.1) == Arm::kCandidate;
    const bool half = arm_of(key, 0.5) == Arm::kCandidate;
    in_tenth += tenth ? 1 : 0;
    in_half += half ? 1 : 0;
    EXPECT_TRUE(!tenth || half);
  }
  EXPECT_NEAR(in_tenth / 20'000.0, 0.1, 0.01);
  EXPECT_NEAR(in_half / 20'000.0, 0.5, 0.015);
}

TEST(Split, IsDrawnAnewForEachRelease) {
  int same = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string user = std::to_string(i);
    same += arm_of(user_key(user, "a"), 0.5) == arm_of(user_key(user, "b"), 0.5) ? 1 : 0;
  }
  EXPECT_NEAR(same / 2000.0, 0.5, 0.06);
}

TEST(Tally, SumsAreThoseOfItsUsers) {
  const std::uint64_t seed = 4;
  base::Random random(seed);
  ArmTally tally;
  std::map<std::uint64_t, UserTally> users;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t user = random.below(40);
    const bool success = random.below(3) == 0;
    tally.add(user, success);
    ++users[user].samples;
    users[user].successes += success ? 1 : 0;
  }
  ArmCounts expected;
  expected.users = static_cast<std::int64_t>(users.size());
  for (const auto& [key, user] : users) {
    expected.samples += user.samples;
    expected.successes += user.successes;
    expected.sum_nn += user.samples * user.samples;
    expected.sum_ns += user.samples * user.successes;
    expected.sum_ss += user.successes * user.successes;
  }
  EXPECT_EQ(tally.counts(), expected) << "seed " << seed;
}

TEST(Tally, MemoryIsBounded) {
  ArmTally tally(10);
  for (std::uint64_t i = 0; i < 100'000; ++i) tally.add(i * 0x9e3779b97f4a7c15ULL, false);
  EXPECT_LE(tally.counts().users, 1010);
  EXPECT_EQ(tally.counts().samples, 100'000);
}

}  // namespace
}  // namespace fulcrum::release

#include "train/split.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fulcrum::train {
namespace {

Interactions of(std::vector<History> histories) {
  Interactions result;
  for (std::size_t i = 0; i < histories.size(); ++i)
    result.users.push_back("user" + std::to_string(i));
  result.items.resize(100);
  result.histories = std::move(histories);
  return result;
}

TEST(Split, LastIsTestTheOneBeforeIsValidation) {
  const Split split = split_leave_last_out(of({{1, 2, 3, 4}, {5, 6}, {7, 8, 9}}), 0);
  EXPECT_EQ(split.training, (std::vector<History>{{1, 2}, {5, 6}, {7}}));
  ASSERT_EQ(split.validation.size(), 2u);
  EXPECT_EQ(split.validation[0].history, (History{1, 2}));
  EXPECT_EQ(split.validation[0].target, 3);
  ASSERT_EQ(split.test.size(), 2u);
  EXPECT_EQ(split.test[0].history, (History{1, 2, 3}));
  EXPECT_EQ(split.test[0].target, 4);
  EXPECT_EQ(split.test[1].user, 2u);
  EXPECT_TRUE(split.held_out.empty());
}

TEST(Split, UsersKeptApartAreSeenByNothingElse) {
  const std::vector<History> histories(2000, History{1, 2, 3, 4});
  const Split split = split_leave_last_out(of(histories), 0.25);
  EXPECT_NEAR(static_cast<double>(split.held_out_users), 500, 80);
  EXPECT_EQ(split.held_out.size(), split.held_out_users);
  EXPECT_EQ(split.test.size() + split.held_out_users, 2000u);
  EXPECT_EQ(split.training.size(), split.test.size());
  EXPECT_EQ(split.held_out[0].history, (History{1, 2, 3}));
  EXPECT_EQ(split.held_out[0].target, 4);
}

TEST(Split, ALargerShareKeepsEverybodyApartThatASmallerOneDoes) {
  for (int i = 0; i < 500; ++i) {
    const std::string user = "u" + std::to_string(i);
    EXPECT_LE(is_held_out(user, 0.1), is_held_out(user, 0.2)) << user;
    EXPECT_FALSE(is_held_out(user, 0));
  }
}

TEST(Split, ShufflingKeepsLengthsAndPopularityAndLosesOrder) {
  std::vector<History> sequences;
  for (Item i = 0; i < 50; ++i) sequences.push_back({i, i, i, i});
  auto shuffled = sequences;
  shuffle_items(shuffled, 3);
  std::vector<int> before(50), after(50);
  std::size_t pure = 0;
  for (std::size_t s = 0; s < sequences.size(); ++s) {
    ASSERT_EQ(shuffled[s].size(), 4u);
    for (const Item item : sequences[s]) ++before[static_cast<std::size_t>(item)];
    for (const Item item : shuffled[s]) ++after[static_cast<std::size_t>(item)];
    pure += std::equal(shuffled[s].begin() + 1, shuffled[s].end(), shuffled[s].begin());
  }
  EXPECT_EQ(before, after);
  EXPECT_LT(pure, 3u);
}

}  // namespace
}  // namespace fulcrum::train

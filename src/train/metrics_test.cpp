#include "train/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fulcrum::train {
namespace {

/// Gives every history the same scores.
class Fixed final : public Recommender {
 public:
  explicit Fixed(std::vector<float> scores) : scores_(std::move(scores)) {}
  std::size_t item_count() const override { return scores_.size(); }
  std::vector<float> score(std::span<const History> histories) override {
    std::vector<float> all;
    for (const auto& history : histories) {
      shown.push_back(history);
      all.insert(all.end(), scores_.begin(), scores_.end());
    }
    return all;
  }
  std::vector<History> shown;

 private:
  std::vector<float> scores_;
};

TEST(Rank, CountsUnseenItemsScoredAtLeastAsHigh) {
  const std::vector<float> scores{5, 4, 3, 2, 1};
  EXPECT_EQ(rank_of(scores, 0, {}), 1u);
  EXPECT_EQ(rank_of(scores, 3, {}), 4u);
  EXPECT_EQ(rank_of(scores, 3, {0, 1}), 2u);        // seen items are no candidates
  EXPECT_EQ(rank_of(scores, 3, {0, 1, 0, 4}), 2u);  // a repeat counts once, a worse one not
}

TEST(Rank, TiesCountAgainstTheTarget) {
  EXPECT_EQ(rank_of(std::vector<float>{1, 1, 1, 1}, 2, {}), 4u);
  EXPECT_EQ(rank_of(std::vector<float>{1, 1, 1, 1}, 2, {0}), 3u);
}

TEST(Ndcg, ByHand) {
  EXPECT_DOUBLE_EQ(ndcg_at(1), 1.0);
  EXPECT_DOUBLE_EQ(ndcg_at(3), 0.5);  // 1 / log2(4)
  EXPECT_DOUBLE_EQ(ndcg_at(10), 1 / std::log2(11.0));
  EXPECT_DOUBLE_EQ(ndcg_at(11), 0.0);
}

TEST(Metrics, AreMeansOverUsersAndLeaveRepeatsOut) {
  Fixed model({12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
  const std::vector<Case> cases{
      {0, {1}, 0},     // rank 1
      {1, {0, 1}, 4},  // rank 3
      {2, {}, 11},     // rank 12
      {3, {2, 5}, 5},  // asks for what was seen: left out
  };
  const auto metrics = evaluate(model, cases);
  EXPECT_EQ(metrics.ranks, (std::vector<std::uint32_t>{1, 3, 12}));
  EXPECT_EQ(metrics.n, 3u);
  EXPECT_EQ(metrics.repeats, 1u);
  EXPECT_DOUBLE_EQ(metrics.hr_at_10, 2.0 / 3);
  EXPECT_DOUBLE_EQ(metrics.ndcg_at_10, (1 + 0.5 + 0) / 3);
  EXPECT_DOUBLE_EQ(metrics.mrr, (1 + 1.0 / 3 + 1.0 / 12) / 3);
}

TEST(Metrics, AModelMayBeShownLessThanWhatIsExcluded) {
  Fixed model({4, 3, 2, 1});
  const std::vector<Case> cases{{0, {0, 1}, 2}};
  const std::vector<History> shown{{1}};
  EXPECT_EQ(evaluate(model, cases, shown).ranks, (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(model.shown, shown);
}

TEST(Bootstrap, HoldsTheMeanAndNarrowsWithMoreUsers) {
  std::vector<double> few, many;
  for (int i = 0; i < 50; ++i) few.push_back(i % 2);
  for (int i = 0; i < 5000; ++i) many.push_back(i % 2);
  const Interval wide = bootstrap_mean(few, 1), narrow = bootstrap_mean(many, 1);
  EXPECT_DOUBLE_EQ(wide.value, 0.5);
  EXPECT_LT(wide.low, 0.5);
  EXPECT_GT(wide.high, 0.5);
  // Normal approximation: 1.96 · sqrt(.25 / n) on either side.
  EXPECT_NEAR(wide.high - wide.low, 2 * 1.96 * std::sqrt(0.25 / 50), 0.05);
  EXPECT_NEAR(narrow.high - narrow.low, 2 * 1.96 * std::sqrt(0.25 / 5000), 0.005);
}

TEST(Difference, IsPairedOverUsers) {
  const auto better = metrics_of(std::vector<std::uint32_t>(100, 1), 0);
  const auto worse = metrics_of(std::vector<std::uint32_t>(100, 3), 0);
  const Interval difference = ndcg_difference(better, worse, 1);
  EXPECT_DOUBLE_EQ(difference.value, 0.5);
  EXPECT_DOUBLE_EQ(difference.low, 0.5);
  const Interval ratio = ndcg_ratio(worse, better, 1);
  EXPECT_DOUBLE_EQ(ratio.value, 0.5);
  EXPECT_DOUBLE_EQ(ratio.high, 0.5);
}

TEST(DropHistory, LosesTheShareButNeverEverything) {
  std::vector<Case> cases(400, Case{0, History(10, 7), 1});
  cases.push_back({0, {3}, 1});
  const auto shown = drop_history(cases, 0.2, 5);
  std::size_t left = 0;
  for (std::size_t i = 0; i < 400; ++i) left += shown[i].size();
  EXPECT_NEAR(static_cast<double>(left), 3200, 110);  // four deviations of a binomial
  const std::vector<Case> single{{0, {3}, 1}};
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_EQ(drop_history(single, 0.9, seed)[0], (History{3})) << seed;
}

}  // namespace
}  // namespace fulcrum::train

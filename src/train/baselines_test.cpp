#include "train/baselines.h"

#include <gtest/gtest.h>

#include <cmath>

#include "train/metrics.h"

namespace fulcrum::train {
namespace {

// Users of item 0: {0,1,2}; of 1: {0,1}; of 2: {2}; of 3: {3}.
const std::vector<History> kTraining{{0, 1, 0}, {1, 0}, {0, 2}, {3}};

TEST(Popularity, CountsOccurrences) {
  const auto model = train_popularity(kTraining, 4);
  const std::vector<History> one{{}};
  EXPECT_EQ(model->score(one), (std::vector<float>{4, 2, 1, 1}));
}

TEST(ItemKnn, SimilaritiesByHand) {
  const ItemKnn model = train_item_knn(kTraining, 4, 10);
  ASSERT_EQ(model.neighbours[0].size(), 2u);
  EXPECT_EQ(model.neighbours[0][0].first, 1);
  EXPECT_FLOAT_EQ(model.neighbours[0][0].second, 2 / std::sqrt(3.0f * 2));
  EXPECT_EQ(model.neighbours[0][1].first, 2);
  EXPECT_FLOAT_EQ(model.neighbours[0][1].second, 1 / std::sqrt(3.0f));
  EXPECT_TRUE(model.neighbours[3].empty());
}

TEST(ItemKnn, ScoresSumOverDistinctHistoryWithinK) {
  const ItemKnn full = train_item_knn(kTraining, 4, 10);
  const auto all = item_knn(full, 10), nearest = item_knn(full, 1);
  const std::vector<History> histories{{0, 0, 1}};
  const float both = 2 / std::sqrt(6.0f);
  const auto scores = all->score(histories);
  EXPECT_FLOAT_EQ(scores[0], both);
  EXPECT_FLOAT_EQ(scores[1], both);
  EXPECT_FLOAT_EQ(scores[2], 1 / std::sqrt(3.0f));
  EXPECT_FLOAT_EQ(nearest->score(histories)[2], 0);
}

TEST(ItemKnn, KIsTunedOnValidationAlone) {
  Split split;
  split.training = kTraining;
  split.validation = {{0, {1}, 0}, {1, {2}, 0}};
  const TunedKnn tuned = tune_item_knn(split, 4);
  EXPECT_EQ(tuned.k, kNeighbourChoices.front());  // all choices are equal: the smallest
  EXPECT_GT(tuned.validation_ndcg_at_10, 0);
  split.test = {{0, {3}, 2}};
  EXPECT_EQ(tune_item_knn(split, 4).validation_ndcg_at_10, tuned.validation_ndcg_at_10);
}

TEST(Baselines, SurviveBeingWritten) {
  const auto popularity = train_popularity(kTraining, 4);
  const auto knn = item_knn(train_item_knn(kTraining, 4, 10), 2);
  const std::vector<History> histories{{0, 1}, {2}};
  const auto again = baseline_from("popularity", baseline_tensors(*popularity));
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->score(histories), popularity->score(histories));
  const auto knn_again = baseline_from("item_knn", baseline_tensors(*knn));
  ASSERT_TRUE(knn_again);
  EXPECT_EQ((*knn_again)->score(histories), knn->score(histories));
  const auto broken = baseline_from("item_knn", TensorFile{});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, "model.damaged");
}

}  // namespace
}  // namespace fulcrum::train

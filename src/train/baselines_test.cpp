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
  const auto full = std::make_shared<ItemKnn>(train_item_knn(kTraining, 4, 10));
  const auto all = item_knn(full, 10), nearest = item_knn(full, 1);
  const std::vector<History> histories{{0, 0, 1}};
  const float both = 2 / std::sqrt(6.0f);
  const auto scores = all->score(histories);
  EXPECT_FLOAT_EQ(scores[0], both);
  EXPECT_FLOAT_EQ(scores[1], both);
  EXPECT_FLOAT_EQ(scores[2], 1 / std::sqrt(3.0f));
  EXPECT_FLOAT_EQ(nearest->score(histories)[2], 0);
}

TEST(ItemKnn, RecentItemsWeighMore) {
  const auto full = std::make_shared<ItemKnn>(train_item_knn(kTraining, 4, 10));
  const std::vector<History> histories{{1, 0, 2, 0}};  // newest first, once each: 0, 2, 1
  const float zero_one = 2 / std::sqrt(6.0f), zero_two = 1 / std::sqrt(3.0f);
  const auto last = item_knn(full, 10, {.window = 1})->score(histories);
  EXPECT_FLOAT_EQ(last[1], zero_one);
  EXPECT_FLOAT_EQ(last[0], 0);
  const auto fading = item_knn(full, 10, {.decay = 0.5})->score(histories);
  EXPECT_FLOAT_EQ(fading[0], 0.5f * zero_two + 0.25f * zero_one);
  EXPECT_FLOAT_EQ(fading[2], zero_two);
}

// Each item is followed by the next one, whatever came before: only the newest item tells.
TEST(ItemKnn, RecencyIsTunedWhereOrderMatters) {
  Split split;
  for (Item start = 0; start < 40; ++start) {
    History path;
    for (Item step = 0; step < 8; ++step) path.push_back((start + step) % 40);
    split.training.push_back(path);
    split.validation.push_back(
        {static_cast<std::size_t>(start), path, static_cast<Item>((start + 8) % 40)});
  }
  const TunedKnn tuned = tune_item_knn(split, 40);
  const auto plain =
      item_knn(std::make_shared<ItemKnn>(train_item_knn(split.training, 40, 2000)), tuned.k);
  EXPECT_TRUE(tuned.recency.window > 0 || tuned.recency.decay < 1);
  EXPECT_GT(tuned.validation_ndcg_at_10, evaluate(*plain, split.validation).ndcg_at_10 + 0.1);
}

TEST(ItemKnn, KIsTunedOnValidationAlone) {
  Split split;
  split.training = kTraining;
  split.validation = {{0, {1}, 0}, {1, {2}, 0}};
  const TunedKnn tuned = tune_item_knn(split, 4);
  EXPECT_EQ(tuned.k, kNeighbourChoices.front());  // all choices are equal: the smallest
  EXPECT_EQ(tuned.recency.window, 0u);            // … and the plain form
  EXPECT_EQ(tuned.recency.decay, 1.0);
  EXPECT_GT(tuned.validation_ndcg_at_10, 0);
  split.test = {{0, {3}, 2}};
  EXPECT_EQ(tune_item_knn(split, 4).validation_ndcg_at_10, tuned.validation_ndcg_at_10);
}

TEST(Baselines, SurviveBeingWritten) {
  const auto popularity = train_popularity(kTraining, 4);
  const auto knn = item_knn(std::make_shared<ItemKnn>(train_item_knn(kTraining, 4, 10)), 2,
                            {.window = 2, .decay = 0.5});
  const std::vector<History> histories{{0, 1}, {2}, {2, 0, 1}};
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

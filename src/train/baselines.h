#pragma once
// The two floors that a learnt model has to beat: popularity and item-kNN.
#include <array>
#include <memory>

#include "base/result.h"
#include "train/recommender.h"
#include "train/split.h"
#include "train/tensor_file.h"

namespace fulcrum::train {

/// score(i) = how often i occurs in the training sequences.
std::unique_ptr<Recommender> train_popularity(std::span<const History> training, std::size_t items);

/// Item-kNN (Sarwar et al. 2001) on binary user-item data:
///   sim(i, j) = |users of i ∩ users of j| / sqrt(|users of i| · |users of j|)
///   score(i)  = Σ over the distinct j of the history, of w(j) · sim(i, j) where i is among the k
///               nearest of j (ties by item number)
/// Where the order of clicks matters, a floor that counts all of a history alike is too easy to
/// beat, hence w: with n the number of distinct items that were used after j,
///   w(j) = decay^n while n < window, else 0
struct ItemKnn {
  std::vector<std::vector<std::pair<Item, float>>> neighbours;  // of each item, nearest first
};
struct Recency {
  unsigned window = 0;  // the newest so many distinct items; 0: all
  double decay = 1.0;   // (0, 1]; 1: all alike
};
inline constexpr std::array<unsigned, 7> kNeighbourChoices{10, 20, 50, 100, 200, 500, 2000};
/// The plain form first: on a tie it stays.
inline constexpr std::array<Recency, 14> kRecencyChoices{{{0, 1.0},
                                                          {50, 1.0},
                                                          {20, 1.0},
                                                          {10, 1.0},
                                                          {5, 1.0},
                                                          {3, 1.0},
                                                          {2, 1.0},
                                                          {1, 1.0},
                                                          {0, 0.98},
                                                          {0, 0.95},
                                                          {0, 0.9},
                                                          {0, 0.8},
                                                          {0, 0.7},
                                                          {0, 0.5}}};

ItemKnn train_item_knn(std::span<const History> training, std::size_t items, unsigned most);
std::unique_ptr<Recommender> item_knn(std::shared_ptr<const ItemKnn> model, unsigned k,
                                      Recency recency = {});

struct TunedKnn {
  unsigned k = 0;
  Recency recency;
  double validation_ndcg_at_10 = 0;
  std::unique_ptr<Recommender> model;
};
/// The pair of kNeighbourChoices and kRecencyChoices with the best validation NDCG@10 (the earlier
/// recency, then the smaller k, on a tie). The test is never looked at.
TunedKnn tune_item_knn(const Split& split, std::size_t items);

/// As arrays, and back. `kind` is "popularity" or "item_knn". Fails with `model.damaged`.
TensorFile baseline_tensors(const Recommender& model);
base::Result<std::unique_ptr<Recommender>> baseline_from(std::string_view kind,
                                                         const TensorFile& content);

}  // namespace fulcrum::train

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
///   score(i)  = Σ over the distinct j of the history, of sim(i, j) where i is among the k
///               nearest of j (ties by item number)
struct ItemKnn {
  std::vector<std::vector<std::pair<Item, float>>> neighbours;  // of each item, nearest first
};
inline constexpr std::array<unsigned, 7> kNeighbourChoices{10, 20, 50, 100, 200, 500, 2000};

ItemKnn train_item_knn(std::span<const History> training, std::size_t items, unsigned most);
std::unique_ptr<Recommender> item_knn(ItemKnn model, unsigned k);

struct TunedKnn {
  unsigned k = 0;
  double validation_ndcg_at_10 = 0;
  std::unique_ptr<Recommender> model;
};
/// The k of kNeighbourChoices with the best validation NDCG@10 (the smaller one on a tie). The
/// test is never looked at.
TunedKnn tune_item_knn(const Split& split, std::size_t items);

/// As arrays, and back. `kind` is "popularity" or "item_knn". Fails with `model.damaged`.
TensorFile baseline_tensors(const Recommender& model);
base::Result<std::unique_ptr<Recommender>> baseline_from(std::string_view kind,
                                                         const TensorFile& content);

}  // namespace fulcrum::train

#include "train/baselines.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "train/metrics.h"

namespace fulcrum::train {

namespace {

class Popularity final : public Recommender {
 public:
  explicit Popularity(std::vector<float> counts) : counts_(std::move(counts)) {}
  std::size_t item_count() const override { return counts_.size(); }
  std::vector<float> score(std::span<const History> histories) override {
    std::vector<float> scores;
    for (std::size_t i = 0; i < histories.size(); ++i)
      scores.insert(scores.end(), counts_.begin(), counts_.end());
    return scores;
  }
  const std::vector<float>& counts() const { return counts_; }

 private:
  std::vector<float> counts_;
};

/// The distinct items, newest first.
History newest_first(const History& history) {
  History distinct;
  std::unordered_set<Item> seen;
  for (auto item = history.rbegin(); item != history.rend(); ++item)
    if (seen.insert(*item).second) distinct.push_back(*item);
  return distinct;
}

class Knn final : public Recommender {
 public:
  Knn(std::shared_ptr<const ItemKnn> model, unsigned k, Recency recency)
      : model_(std::move(model)), k_(k), recency_(recency) {}
  std::size_t item_count() const override { return model_->neighbours.size(); }
  std::vector<float> score(std::span<const History> histories) override {
    std::vector<float> scores(histories.size() * item_count(), 0.0f);
    for (std::size_t row = 0; row < histories.size(); ++row) {
      History shown = newest_first(histories[row]);
      if (recency_.window > 0 && shown.size() > recency_.window) shown.resize(recency_.window);
      float* own = scores.data() + row * item_count();
      double weight = 1.0;
      for (const Item j : shown) {
        for (const auto& [i, similarity] : nearest(static_cast<std::size_t>(j)))
          own[i] += static_cast<float>(weight) * similarity;
        weight *= recency_.decay;
      }
    }
    return scores;
  }
  std::span<const std::pair<Item, float>> nearest(std::size_t item) const {
    const auto& near = model_->neighbours[item];
    return {near.data(), std::min<std::size_t>(near.size(), k_)};
  }
  const Recency& recency() const { return recency_; }

 private:
  std::shared_ptr<const ItemKnn> model_;
  unsigned k_;
  Recency recency_;
};

/// Users of each item and distinct items of each user.
struct Incidence {
  std::vector<std::vector<std::size_t>> users;
  std::vector<History> items;
};

Incidence incidence_of(std::span<const History> training, std::size_t items) {
  Incidence result;
  result.users.resize(items);
  for (const auto& sequence : training) {
    History distinct = sequence;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (const Item item : distinct)
      result.users[static_cast<std::size_t>(item)].push_back(result.items.size());
    result.items.push_back(std::move(distinct));
  }
  return result;
}

base::Result<std::unique_ptr<Recommender>> knn_from(const TensorFile& content) {
  const auto items = content.tensors.find("items");
  const auto similarities = content.tensors.find("similarities");
  if (items == content.tensors.end() || similarities == content.tensors.end() ||
      items->second.shape.size() != 2 || items->second.shape != similarities->second.shape)
    return base::failed("model.damaged", "an item-kNN model needs equal items and similarities");
  Recency recency;
  if (const auto found = content.tensors.find("recency"); found != content.tensors.end()) {
    const auto& values = found->second.values;
    if (values.size() != 2 || values[0] < 0 || !(values[1] > 0 && values[1] <= 1))
      return base::failed("model.damaged", "an item-kNN model's recency is a window and a decay");
    recency = {static_cast<unsigned>(values[0]), static_cast<double>(values[1])};
  }
  ItemKnn model;
  model.neighbours.resize(static_cast<std::size_t>(items->second.shape[0]));
  const auto width = static_cast<std::size_t>(items->second.shape[1]);
  for (std::size_t j = 0; j < model.neighbours.size(); ++j)
    for (std::size_t place = 0; place < width; ++place) {
      const auto item = static_cast<Item>(items->second.values[j * width + place]);
      if (item < 0) break;  // rows are padded by -1
      if (static_cast<std::size_t>(item) >= model.neighbours.size())
        return base::failed("model.damaged", "an item-kNN model names an unknown item");
      model.neighbours[j].emplace_back(item, similarities->second.values[j * width + place]);
    }
  return item_knn(std::make_shared<ItemKnn>(std::move(model)), static_cast<unsigned>(width),
                  recency);
}

}  // namespace

std::unique_ptr<Recommender> train_popularity(std::span<const History> training,
                                              std::size_t items) {
  std::vector<float> counts(items, 0.0f);
  for (const auto& sequence : training)
    for (const Item item : sequence) counts[static_cast<std::size_t>(item)] += 1.0f;
  return std::make_unique<Popularity>(std::move(counts));
}

ItemKnn train_item_knn(std::span<const History> training, std::size_t items, unsigned most) {
  const Incidence incidence = incidence_of(training, items);
  ItemKnn model;
  model.neighbours.resize(items);
  std::vector<std::uint32_t> together(items, 0);
  for (std::size_t j = 0; j < items; ++j) {
    History touched;
    for (const std::size_t user : incidence.users[j])
      for (const Item i : incidence.items[user])
        if (together[static_cast<std::size_t>(i)]++ == 0) touched.push_back(i);
    auto& near = model.neighbours[j];
    for (const Item i : touched) {
      const auto count = std::exchange(together[static_cast<std::size_t>(i)], 0);
      if (static_cast<std::size_t>(i) == j) continue;
      const double norm =
          std::sqrt(static_cast<double>(incidence.users[j].size()) *
                    static_cast<double>(incidence.users[static_cast<std::size_t>(i)].size()));
      near.emplace_back(i, static_cast<float>(count / norm));
    }
    std::sort(near.begin(), near.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    if (near.size() > most) near.resize(most);
    near.shrink_to_fit();
  }
  return model;
}

std::unique_ptr<Recommender> item_knn(std::shared_ptr<const ItemKnn> model, unsigned k,
                                      Recency recency) {
  return std::make_unique<Knn>(std::move(model), k, recency);
}

TunedKnn tune_item_knn(const Split& split, std::size_t items) {
  const auto full = std::make_shared<const ItemKnn>(
      train_item_knn(split.training, items, kNeighbourChoices.back()));
  TunedKnn best;
  for (const Recency& recency : kRecencyChoices)
    for (const unsigned k : kNeighbourChoices) {
      auto model = item_knn(full, k, recency);
      const double ndcg = evaluate(*model, split.validation).ndcg_at_10;
      if (best.model && ndcg <= best.validation_ndcg_at_10) continue;
      best = {k, recency, ndcg, std::move(model)};
    }
  return best;
}

TensorFile baseline_tensors(const Recommender& model) {
  TensorFile content;
  if (const auto* popularity = dynamic_cast<const Popularity*>(&model)) {
    content.tensors["counts"] = {{static_cast<std::int64_t>(popularity->item_count())},
                                 popularity->counts()};
  } else if (const auto* knn = dynamic_cast<const Knn*>(&model)) {
    std::size_t width = 0;
    for (std::size_t j = 0; j < knn->item_count(); ++j)
      width = std::max(width, knn->nearest(j).size());
    const std::vector<std::int64_t> shape{static_cast<std::int64_t>(knn->item_count()),
                                          static_cast<std::int64_t>(width)};
    Tensor items{shape, std::vector<float>(knn->item_count() * width, -1.0f)};
    Tensor similarities{shape, std::vector<float>(knn->item_count() * width, 0.0f)};
    for (std::size_t j = 0; j < knn->item_count(); ++j)
      for (std::size_t place = 0; place < knn->nearest(j).size(); ++place) {
        const auto& [item, similarity] = knn->nearest(j)[place];
        items.values[j * width + place] = static_cast<float>(item);
        similarities.values[j * width + place] = similarity;
      }
    content.tensors["items"] = std::move(items);
    content.tensors["similarities"] = std::move(similarities);
    content.tensors["recency"] = {
        {2}, {static_cast<float>(knn->recency().window), static_cast<float>(knn->recency().decay)}};
  }
  return content;
}

base::Result<std::unique_ptr<Recommender>> baseline_from(std::string_view kind,
                                                         const TensorFile& content) {
  if (kind == "item_knn") return knn_from(content);
  const auto counts = content.tensors.find("counts");
  if (counts == content.tensors.end() || counts->second.shape.size() != 1)
    return base::failed("model.damaged", "a popularity model needs counts");
  return std::make_unique<Popularity>(counts->second.values);
}

}  // namespace fulcrum::train

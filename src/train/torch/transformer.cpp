#include "train/torch/transformer.h"

#include <algorithm>

#include "train/torch/gradient.h"

namespace fulcrum::train {

namespace {

constexpr std::size_t kChunk = 32;  // rows of one pass

class Transformer final : public Recommender {
 public:
  Transformer(Network network, const ModelRecipe& recipe, std::size_t items, unsigned threads)
      : network_(std::move(network)), most_(recipe.max_length), items_(items), threads_(threads) {}

  std::size_t item_count() const override { return items_; }

  std::vector<float> score(std::span<const History> histories) override {
    std::vector<float> scores(histories.size() * items_);
    const std::size_t chunks = (histories.size() + kChunk - 1) / kChunk;
    in_parallel(chunks, threads_, [&](std::size_t chunk) {
      const std::size_t from = chunk * kChunk;
      const auto rows = histories.subspan(from, std::min(kChunk, histories.size() - from));
      score_chunk(rows, scores.data() + from * items_);
    });
    return scores;
  }

 private:
  void score_chunk(std::span<const History> histories, float* into) {
    const torch::NoGradGuard no_grad;
    const auto rows = static_cast<std::int64_t>(histories.size());
    std::int64_t length = 1;
    for (const auto& history : histories) length = std::max(length, used(history));
    auto inputs = torch::zeros({rows, length}, torch::kLong);
    auto last = torch::zeros({rows}, torch::kLong);
    auto present = torch::ones({rows, 1});
    for (std::int64_t row = 0; row < rows; ++row) {
      const History& history = histories[static_cast<std::size_t>(row)];
      const std::int64_t own = used(history);
      auto* places = inputs.data_ptr<std::int64_t>() + row * length;
      std::transform(history.end() - own, history.end(), places,
                     [](Item item) { return item + 1; });
      last.data_ptr<std::int64_t>()[row] = std::max<std::int64_t>(own - 1, 0);
      if (own == 0) present.data_ptr<float>()[row] = 0;
    }
    const auto hidden = network_->hidden(inputs);
    const auto at_last = hidden.index({torch::arange(rows), last}) * present;
    const auto scores = network_->logits(at_last).contiguous();
    std::copy_n(scores.data_ptr<float>(), scores.numel(), into);
  }

  std::int64_t used(const History& history) const {
    return static_cast<std::int64_t>(std::min(history.size(), most_));
  }

  Network network_;
  std::size_t most_;
  std::size_t items_;
  unsigned threads_;
};

}  // namespace

std::unique_ptr<Recommender> transformer(Network network, const ModelRecipe& recipe,
                                         std::size_t items, unsigned threads) {
  return std::make_unique<Transformer>(std::move(network), recipe, items, threads);
}

TensorFile network_tensors(const Network& network) {
  TensorFile content;
  for (const auto& entry : network->named_parameters()) {
    const auto values = entry.value().detach().contiguous();
    const float* from = values.data_ptr<float>();
    content.tensors[entry.key()] = {values.sizes().vec(), {from, from + values.numel()}};
  }
  return content;
}

base::Result<Network> network_from(const ModelRecipe& recipe, std::size_t items,
                                   const TensorFile& content) {
  Network network(recipe, static_cast<std::int64_t>(items));
  const torch::NoGradGuard no_grad;
  for (auto& entry : network->named_parameters()) {
    const auto found = content.tensors.find(entry.key());
    if (found == content.tensors.end() || found->second.shape != entry.value().sizes().vec())
      return base::failed("model.damaged",
                          "the model has no array " + entry.key() + " of the recipe's shape");
    std::copy(found->second.values.begin(), found->second.values.end(),
              entry.value().data_ptr<float>());
  }
  return network;
}

}  // namespace fulcrum::train

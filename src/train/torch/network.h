#pragma once
// Causal self-attention over item histories, after SASRec (Kang & McAuley 2018), with pre-norm
// blocks and the item embeddings tied to the output.
//
// A batch is right-padded: row b holds its history from place 0 on, then padding. The causal mask
// lets place t look at places 0…t only, so no place that counts ever sees padding or the future.
#include "train/recipe.h"
#include "train/torch/torch_headers.h"

namespace fulcrum::train {

/// A generator of one thread's own: torch's global one would be shared by all.
using Dice = c10::optional<at::Generator>;
Dice make_dice(std::uint64_t seed);

class NetworkImpl final : public torch::nn::Module {
 public:
  NetworkImpl(const ModelRecipe& recipe, std::int64_t items);

  /// `histories` is (batch, length) of item numbers + 1, 0 is padding; length <= max_length.
  /// Returns (batch, length, dim). Dropout draws from `dice` and is off without one. Several
  /// threads may call it at once.
  torch::Tensor hidden(const torch::Tensor& histories, const Dice& dice = {});
  /// (…, dim) to (…, items).
  torch::Tensor logits(const torch::Tensor& hidden);

  /// Starts the item bias at the log of add-one-smoothed counts, (items).
  void start_bias(const torch::Tensor& counts);
  /// Starts the item embeddings, (items, dim).
  void start_embeddings(const torch::Tensor& values);

 private:
  torch::Tensor attend(std::size_t layer, const torch::Tensor& x, const torch::Tensor& mask,
                       const Dice& dice);
  torch::Tensor feed_forward(std::size_t layer, const torch::Tensor& x, const Dice& dice);

  ModelRecipe recipe_;
  torch::Tensor items_;   // (items + 1, dim); row 0 is padding and stays 0
  torch::Tensor places_;  // (max_length, dim)
  torch::Tensor bias_;    // (items), undefined without item_bias
  std::vector<torch::nn::LayerNorm> attention_norms_, feed_norms_;
  std::vector<torch::nn::Linear> mixes_, projections_, widenings_, narrowings_;
  torch::nn::LayerNorm last_norm_{nullptr};
};
TORCH_MODULE(Network);

}  // namespace fulcrum::train

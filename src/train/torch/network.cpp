#include "train/torch/network.h"

#include <cmath>

namespace fulcrum::train {

namespace nn = torch::nn;

namespace {

constexpr double kInitialSpread = 0.02;

torch::Tensor dropped(const torch::Tensor& x, double share, const Dice& dice) {
  if (!dice || share <= 0) return x;
  return x * torch::empty_like(x).bernoulli_(1 - share, dice).div_(1 - share);
}

}  // namespace

Dice make_dice(std::uint64_t seed) {
  return at::make_generator<at::CPUGeneratorImpl>(seed);
}

NetworkImpl::NetworkImpl(const ModelRecipe& recipe, std::int64_t items) : recipe_(recipe) {
  const auto dim = static_cast<std::int64_t>(recipe.dim);
  items_ = register_parameter("items", torch::randn({items + 1, dim}) * kInitialSpread);
  places_ = register_parameter(
      "places", torch::randn({static_cast<std::int64_t>(recipe.max_length), dim}) * kInitialSpread);
  if (recipe.item_bias) bias_ = register_parameter("bias", torch::zeros({items}));
  for (unsigned layer = 0; layer < recipe.layers; ++layer) {
    const std::string at = "block" + std::to_string(layer) + "_";
    attention_norms_.push_back(
        register_module(at + "attention_norm", nn::LayerNorm(nn::LayerNormOptions({dim}))));
    mixes_.push_back(register_module(at + "mix", nn::Linear(dim, 3 * dim)));
    projections_.push_back(register_module(at + "projection", nn::Linear(dim, dim)));
    feed_norms_.push_back(
        register_module(at + "feed_norm", nn::LayerNorm(nn::LayerNormOptions({dim}))));
    widenings_.push_back(register_module(at + "widening", nn::Linear(dim, 4 * dim)));
    narrowings_.push_back(register_module(at + "narrowing", nn::Linear(4 * dim, dim)));
  }
  last_norm_ = register_module("last_norm", nn::LayerNorm(nn::LayerNormOptions({dim})));
  torch::NoGradGuard no_grad;
  items_[0].zero_();
  for (const auto* layers : {&mixes_, &projections_, &widenings_, &narrowings_})
    for (const auto& linear : *layers) {
      linear->weight.normal_(0, kInitialSpread);
      linear->bias.zero_();
    }
}

torch::Tensor NetworkImpl::attend(std::size_t layer, const torch::Tensor& x,
                                  const torch::Tensor& mask, const Dice& dice) {
  const auto batch = x.size(0), length = x.size(1), dim = x.size(2);
  const auto heads = static_cast<std::int64_t>(recipe_.heads);
  auto mixed = mixes_[layer]->forward(attention_norms_[layer]->forward(x));
  mixed = mixed.view({batch, length, 3, heads, dim / heads}).permute({2, 0, 3, 1, 4});
  const auto query = mixed[0], key = mixed[1], value = mixed[2];  // (batch, heads, length, part)
  auto weights =
      torch::matmul(query, key.transpose(-2, -1)) / std::sqrt(static_cast<double>(dim / heads));
  weights = torch::softmax(weights + mask, -1);
  weights = dropped(weights, recipe_.dropout, dice);
  const auto joined = torch::matmul(weights, value).transpose(1, 2).reshape({batch, length, dim});
  return dropped(projections_[layer]->forward(joined), recipe_.dropout, dice);
}

torch::Tensor NetworkImpl::feed_forward(std::size_t layer, const torch::Tensor& x,
                                        const Dice& dice) {
  auto wide = torch::gelu(widenings_[layer]->forward(feed_norms_[layer]->forward(x)));
  return dropped(narrowings_[layer]->forward(wide), recipe_.dropout, dice);
}

torch::Tensor NetworkImpl::hidden(const torch::Tensor& histories, const Dice& dice) {
  const auto length = histories.size(1);
  const auto dim = static_cast<double>(recipe_.dim);
  auto x = torch::embedding(items_, histories, /*padding_idx=*/0) * std::sqrt(dim) +
           places_.slice(0, 0, length);
  x = dropped(x, recipe_.input_dropout, dice);
  const auto mask =
      torch::triu(torch::full({length, length}, -std::numeric_limits<float>::infinity()), 1);
  for (std::size_t layer = 0; layer < mixes_.size(); ++layer) {
    x = x + attend(layer, x, mask, dice);
    x = x + feed_forward(layer, x, dice);
  }
  return last_norm_->forward(x);
}

torch::Tensor NetworkImpl::logits(const torch::Tensor& hidden) {
  const auto products = torch::matmul(hidden, items_.slice(0, 1).t());
  return recipe_.item_bias ? products + bias_ : products;
}

void NetworkImpl::start_bias(const torch::Tensor& counts) {
  if (!recipe_.item_bias) return;
  torch::NoGradGuard no_grad;
  const auto shares = (counts + 1) / (counts.sum() + counts.size(0));
  const auto logs = torch::log(shares);
  bias_.copy_(logs - logs.mean());
}

void NetworkImpl::start_embeddings(const torch::Tensor& values) {
  torch::NoGradGuard no_grad;
  items_.slice(0, 1).copy_(values);
}

}  // namespace fulcrum::train

#pragma once
// The trained network as a Recommender, and its arrays on disk.
#include <memory>

#include "base/result.h"
#include "train/recommender.h"
#include "train/tensor_file.h"
#include "train/torch/network.h"

namespace fulcrum::train {

/// Shares the network; leaves it in evaluation mode while it scores. An empty history gets the
/// item bias alone.
std::unique_ptr<Recommender> transformer(Network network, const ModelRecipe& recipe,
                                         std::size_t items);

TensorFile network_tensors(const Network& network);
/// Fails with `model.damaged` when arrays are missing or of another shape.
base::Result<Network> network_from(const ModelRecipe& recipe, std::size_t items,
                                   const TensorFile& content);

}  // namespace fulcrum::train

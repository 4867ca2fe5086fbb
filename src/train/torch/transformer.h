#pragma once
// The trained network as a Recommender, and its arrays on disk.
#include <memory>

#include "base/result.h"
#include "train/recommender.h"
#include "train/tensor_file.h"
#include "train/torch/network.h"

namespace fulcrum::train {

/// Shares the network. An empty history gets the item bias alone. Scores do not depend on the
/// number of threads.
std::unique_ptr<Recommender> transformer(Network network, const ModelRecipe& recipe,
                                         std::size_t items, unsigned threads = 1);

TensorFile network_tensors(const Network& network);
/// Fails with `model.damaged` when arrays are missing or of another shape.
base::Result<Network> network_from(const ModelRecipe& recipe, std::size_t items,
                                   const TensorFile& content);

}  // namespace fulcrum::train

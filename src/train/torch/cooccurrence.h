#pragma once
#include <vector>

#include "train/interactions.h"
#include "train/torch/torch_headers.h"

namespace fulcrum::train {

/// Starting embeddings, (items, dim), from what stands near each other in the sequences: the
/// leading factors U·sqrt(S) of the symmetric positive pointwise mutual information matrix (Levy
/// & Goldberg 2014) of items at most kWindow places apart, each pair weighted by 1 / distance,
/// found by subspace iteration (Halko et al. 2011). Rows are scaled to the mean square of
/// a random start. Needs a seeded global generator.
inline constexpr std::size_t kWindow = 10;
torch::Tensor cooccurrence_start(const std::vector<History>& sequences, std::size_t items,
                                 std::int64_t dim);

}  // namespace fulcrum::train

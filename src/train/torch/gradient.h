#pragma once
// One step's gradient, computed by several threads.
//
// A batch is always cut into the same kShards pieces, whatever the number of threads; their
// gradients are added in the pieces' order. So the weights do not depend on the thread count, and
// threads hardly wait for each other: one synchronisation a step, where parallel kernels have one
// an operation and stall whenever a core is taken away.
#include <cstdint>
#include <functional>

#include "train/batches.h"
#include "train/torch/network.h"

namespace fulcrum::train {

inline constexpr std::int64_t kShards = 4;  // more threads than this do not help

struct GradientOptions {
  double label_smoothing = 0;
  unsigned threads = 1;
  std::uint64_t dropout_seed = 0;
  bool dropout = true;
};

/// Sets the parameters' gradients to those of the batch's mean cross-entropy over its targets,
/// and returns that loss. Throws what libtorch throws.
double compute_gradient(Network& network, const Batch& batch, const GradientOptions& options);

/// Calls work(0) … work(count - 1) on `threads` threads, the caller's among them; torch's own
/// parallelism is off inside. The first exception is thrown on.
void in_parallel(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work);

}  // namespace fulcrum::train

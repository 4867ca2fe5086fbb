#pragma once
// Trains the network. Deterministic: on one machine the weights' bytes are a function of
// (sequences, recipe, seed), whatever the number of threads. A checkpoint is written after every
// epoch, and random numbers are seeded anew at the start of each, so that a run that is killed
// anywhere and called again ends with the same bytes.
#include <boost/describe/class.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "train/batches.h"
#include "train/recipe.h"
#include "train/split.h"
#include "train/torch/network.h"

namespace fulcrum::train {

/// One epoch, and one line of metrics.jsonl.
struct EpochRecord {
  unsigned epoch = 0;        // from 1
  std::int64_t time_us = 0;  // its end
  double seconds = 0;
  double loss = 0;           // mean cross-entropy of a target, nats
  double lr = 0;             // of its last step
  double gradient_norm = 0;  // mean over steps, before clipping
  double ndcg_at_10 = 0;     // validation
  double hr_at_10 = 0;
  std::int64_t targets = 0;  // learnt from
};
BOOST_DESCRIBE_STRUCT(EpochRecord, (),
                      (epoch, time_us, seconds, loss, lr, gradient_norm, ndcg_at_10, hr_at_10,
                       targets))

struct FitOptions {
  Recipe recipe;
  std::uint64_t seed = 0;
  std::size_t items = 0;
  std::filesystem::path checkpoint;  // file
  std::string fingerprint;           // a checkpoint of another one is not resumed
  const base::Clock* clock = &base::system_clock();
  /// After each epoch's checkpoint, and (step of steps) now and then within an epoch.
  std::function<void(const std::vector<EpochRecord>&)> epoch_done = {};
  std::function<void(double epochs_done, double loss)> progress = {};
};

struct FitResult {
  Network best{nullptr};
  unsigned best_epoch = 0;
  std::vector<EpochRecord> epochs;
  unsigned resumed_from = 0;  // epochs found in the checkpoint
};

/// Learns from `training`, stops by `validation`. Throws what libtorch throws.
FitResult fit(const std::vector<History>& training, std::span<const Case> validation,
              const FitOptions& options);

/// The rate at a point of the run (0…1): linear rise over `warmup`, then a half cosine down to
/// lr · lr_floor.
double learning_rate(const OptimizerRecipe& recipe, double done);

}  // namespace fulcrum::train

#pragma once
// The order in which a training run sees its data: a pure function of (sequences, options, seed,
// epoch), so that a resumed run sees what the uninterrupted one would have seen.
#include <cstdint>
#include <vector>

#include "train/interactions.h"

namespace fulcrum::train {

struct BatchOptions {
  unsigned batch_size = 64;    // windows
  unsigned max_length = 50;    // inputs of a window at most
  double history_dropout = 0;  // share of a window's items left out
};

/// Windows of about one length, padded on the right. `inputs` holds item + 1, 0 is padding;
/// `targets` holds the item that came next, -1 at padding. Row-major, rows × length.
struct Batch {
  std::int64_t rows = 0;
  std::int64_t length = 0;
  std::vector<std::int64_t> inputs;
  std::vector<std::int64_t> targets;
};

/// Every item but the first of each sequence is a target once (apart from history dropout). Long
/// sequences are cut at places that differ from epoch to epoch.
std::vector<Batch> epoch_batches(const std::vector<History>& sequences, const BatchOptions& options,
                                 std::uint64_t seed, std::uint64_t epoch);

/// At most `parts` batches with the same rows in order, each padded to its own longest row.
std::vector<Batch> split_rows(const Batch& batch, std::int64_t parts);
std::int64_t count_targets(const Batch& batch);

/// A seed for one use, so that uses do not share random numbers.
std::uint64_t mix_seed(std::uint64_t seed, std::uint64_t use);

}  // namespace fulcrum::train

#pragma once
// Everything a run needs to go on after a kill, in one file that is replaced atomically.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "train/torch/trainer.h"

namespace fulcrum::train {

struct Progress {
  std::vector<EpochRecord> epochs;
  unsigned best_epoch = 0;
};

/// Fails with `file.write`.
base::Status save_checkpoint(const std::filesystem::path& path, const std::string& fingerprint,
                             const Progress& progress, const Network& network, const Network& best,
                             torch::optim::Optimizer& optimizer);
/// Fills the networks and the optimizer; nullopt when there is no file, it cannot be read, or it
/// belongs to another run: then nothing was touched that matters and the run starts over.
std::optional<Progress> load_checkpoint(const std::filesystem::path& path,
                                        const std::string& fingerprint, Network& network,
                                        Network& best, torch::optim::Optimizer& optimizer);

}  // namespace fulcrum::train

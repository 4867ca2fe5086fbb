#pragma once
#include <filesystem>
#include <memory>

#include "train/model_folder.h"
#include "train/recommender.h"

namespace fulcrum::train {

struct LoadedModel {
  ModelCard card;
  std::unique_ptr<Recommender> recommender;
};

/// Any kind of model folder. Scoring uses one thread: a single request is too small for more.
/// Fails with `file.read`, `model.damaged`, `model.kind`.
base::Result<LoadedModel> load_model(const std::filesystem::path& folder);

}  // namespace fulcrum::train

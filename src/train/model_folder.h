#pragma once
// A trained model on disk, the same shape for every kind:
//   model.json           {"format":1,"kind","items":[ids],"recipe":{…},"trained":{…}}
//   weights.safetensors  its arrays
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "train/recipe.h"
#include "train/tensor_file.h"

namespace fulcrum::train {

struct ModelCard {
  std::string kind;                // "transformer", "popularity", "item_knn"
  std::vector<std::string> items;  // the vocabulary, in the numbering of the arrays
  ModelRecipe recipe;              // used by "transformer" alone
  base::json::object trained;      // facts for people: run, dataset, seed, metrics
};

/// Fails with `file.write`, `file.folder`.
base::Status write_model(const std::filesystem::path& folder, const ModelCard& card,
                         const TensorFile& weights);
/// Fails with `file.read`, `model.damaged`.
base::Result<ModelCard> read_model_card(const std::filesystem::path& folder);
base::Result<TensorFile> read_model_weights(const std::filesystem::path& folder);

}  // namespace fulcrum::train

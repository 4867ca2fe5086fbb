#include "train/model_folder.h"

#include "base/codec.h"
#include "base/files.h"

namespace fulcrum::train {

namespace {

constexpr int kFormat = 1;

base::Failure damaged(const std::string& path, const std::string& why) {
  return base::failed("model.damaged", path + ": " + why, "train it again");
}

}  // namespace

base::Status write_model(const std::filesystem::path& folder, const ModelCard& card,
                         const TensorFile& weights) {
  CHECK_OK(base::make_folder(folder));
  CHECK_OK(write_tensors(folder / "weights.safetensors", weights));
  const base::json::object text{{"format", kFormat},
                                {"kind", card.kind},
                                {"items", base::encode(card.items)},
                                {"recipe", base::encode(card.recipe)},
                                {"trained", card.trained}};
  return base::write_file(folder / "model.json", base::to_text(text) + "\n");
}

base::Result<ModelCard> read_model_card(const std::filesystem::path& folder) {
  const std::string path = (folder / "model.json").string();
  TRY(const std::string text, base::read_file(path));
  TRY(const auto value, base::parse_json(text, path));
  if (base::get_integer(value, "format") != kFormat)
    return damaged(path, "its format is not one this program reads");
  ModelCard card;
  card.kind = base::get_string(value, "kind");
  const auto* items = base::find_path(value, "items");
  const auto* recipe = base::find_path(value, "recipe");
  if (card.kind.empty() || !items || !recipe)
    return damaged(path, "kind, items or recipe is missing");
  TRY(card.items, base::decode<std::vector<std::string>>(*items, "items"));
  TRY(card.recipe, base::decode<ModelRecipe>(*recipe, "recipe"));
  if (card.items.empty()) return damaged(path, "it knows no items");
  if (const auto* trained = base::find_path(value, "trained"); trained && trained->is_object())
    card.trained = trained->get_object();
  return card;
}

base::Result<TensorFile> read_model_weights(const std::filesystem::path& folder) {
  return read_tensors(folder / "weights.safetensors");
}

}  // namespace fulcrum::train

#include "train/torch/load_model.h"

#include "train/baselines.h"
#include "train/torch/transformer.h"

namespace fulcrum::train {

namespace {

base::Result<std::unique_ptr<Recommender>> recommender_from(const ModelCard& card,
                                                            const TensorFile& weights) {
  if (card.kind == "popularity" || card.kind == "item_knn")
    return baseline_from(card.kind, weights);
  if (card.kind != "transformer")
    return base::failed("model.kind", "no such kind of model: \"" + card.kind + "\"",
                        "valid: transformer, popularity, item_knn");
  TRY(auto network, network_from(card.recipe, card.items.size(), weights));
  return transformer(std::move(network), card.recipe, card.items.size());
}

}  // namespace

base::Result<LoadedModel> load_model(const std::filesystem::path& folder) {
  LoadedModel model;
  TRY(model.card, read_model_card(folder));
  TRY(const auto weights, read_model_weights(folder));
  try {
    TRY(model.recommender, recommender_from(model.card, weights));
  } catch (const std::exception& error) {
    return base::failed("model.damaged", error.what());
  }
  if (model.recommender->item_count() != model.card.items.size())
    return base::failed("model.damaged", "the weights and the list of items disagree");
  return model;
}

}  // namespace fulcrum::train

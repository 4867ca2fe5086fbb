// The language of a text, by CLD2 or a fastText model; texts of other languages are dropped.
#include <fmt/format.h>

#include <algorithm>
#include <boost/describe/class.hpp>
#include <optional>

#include "base/codec.h"
#include "data/classify/fast_text.h"
#include "data/classify/language.h"
#include "data/operators/operator.h"

namespace fulcrum::data {

namespace {

struct Settings {
  std::vector<std::string> languages;  // empty: any
  double min_score = 0.65;             // FineWeb's and CCNet's choice for lid.176
  std::string model;                   // fastText's, such as lid.176.bin; empty: CLD2
  std::string score_field = "language_score";
};
BOOST_DESCRIBE_STRUCT(Settings, (), (languages, min_score, model, score_field))

enum Rule : std::size_t { kOther, kUnsure, kIdentified };

class Language final : public Operator {
 public:
  Language(Settings settings, std::optional<FastTextModel> model)
      : settings_(std::move(settings)), model_(std::move(model)) {}

  std::vector<std::string> rules() const override {
    return {"other_language", "low_language_score", "language_identified"};
  }
  bool only_drops() const override { return false; }

  Verdict apply(Item& item) const override {
    const LanguageGuess guess = identify(item.text());
    const auto& wanted = settings_.languages;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), guess.code) == wanted.end())
      return Verdict::drop(kOther);
    if (guess.score < settings_.min_score) return Verdict::drop(kUnsure);
    item.set_language(guess.code);
    item.record().set_json(settings_.score_field, fmt::format("{:.4f}", guess.score));
    return Verdict::change(kIdentified);
  }

 private:
  LanguageGuess identify(std::string_view text) const {
    if (!model_) return identify_language(text);
    const ModelGuess guess = model_->best(text);
    return {guess.label.empty() ? "und" : guess.label, guess.score};
  }

  Settings settings_;
  std::optional<FastTextModel> model_;
};

}  // namespace

base::Result<std::unique_ptr<Operator>> make_language(const base::json::value& settings,
                                                      std::string_view path) {
  TRY(auto decoded, base::decode<Settings>(settings, path));
  std::optional<FastTextModel> model;
  if (!decoded.model.empty()) {
    auto loaded = FastTextModel::load(decoded.model);
    if (!loaded) {
      loaded.error().field = fmt::format("{}.model", path);
      return base::Failure(std::move(loaded).error());
    }
    model.emplace(std::move(*loaded));
  }
  return std::make_unique<Language>(std::move(decoded), std::move(model));
}
base::json::value language_defaults() {
  return base::encode(Settings{});
}

}  // namespace fulcrum::data

#include "data/classify/fast_text.h"

#include <fasttext/fasttext.h>
#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "data/classify/language.h"

namespace fulcrum::data {

namespace {

constexpr std::string_view kLabelPrefix = "__label__";

}  // namespace

struct FastTextModel::Impl {
  fasttext::FastText model;

  std::vector<std::pair<fasttext::real, std::string>> predict(std::string_view text, int k) const {
    std::istringstream line(as_line(text));
    std::vector<std::pair<fasttext::real, std::string>> predictions;
    model.predictLine(line, predictions, k, 0);
    return predictions;
  }
};

FastTextModel::FastTextModel(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
FastTextModel::FastTextModel(FastTextModel&&) noexcept = default;
FastTextModel& FastTextModel::operator=(FastTextModel&&) noexcept = default;
FastTextModel::~FastTextModel() = default;

base::Result<FastTextModel> FastTextModel::load(const std::filesystem::path& path) {
  if (!std::ifstream(path, std::ios::binary).good())
    return base::failed("file.read", fmt::format("cannot read the model {}", path.string()),
                        "check the path and its permissions");
  const auto damaged = [&](std::string_view why) {
    return base::usage("model.damaged",
                       fmt::format("{} is no fastText model: {}", path.string(), why), "",
                       "a supervised model, .bin or .ftz");
  };
  auto impl = std::make_unique<Impl>();
  try {
    impl->model.loadModel(path.string());
    if (impl->model.getArgs().model != fasttext::model_name::sup)
      return damaged("it was not trained with labels");
  } catch (const std::exception& error) {
    return damaged(error.what());
  }
  return FastTextModel(std::move(impl));
}

ModelGuess FastTextModel::best(std::string_view text) const {
  const auto predictions = impl_->predict(text, 1);
  if (predictions.empty()) return {};
  std::string_view label = predictions[0].second;
  if (label.starts_with(kLabelPrefix)) label.remove_prefix(kLabelPrefix.size());
  return {std::string(label), std::min<double>(predictions[0].first, 1)};
}

double FastTextModel::probability(std::string_view text, std::string_view label) const {
  const std::string full = std::string(kLabelPrefix) + std::string(label);
  for (const auto& [probability, name] : impl_->predict(text, -1))
    if (name == full) return std::min<double>(probability, 1);
  return 0;
}

bool FastTextModel::has_label(std::string_view label) const {
  return impl_->model.getLabelId(std::string(kLabelPrefix) + std::string(label)) >= 0;
}

base::Status train_fast_text(const std::filesystem::path& lines, const std::filesystem::path& model,
                             const TrainingSettings& settings) {
  if (!std::ifstream(lines).good())
    return base::failed("file.read", fmt::format("cannot read {}", lines.string()),
                        "check the path and its permissions");
  fasttext::Args args;
  args.input = lines.string();
  args.model = fasttext::model_name::sup;
  args.loss = fasttext::loss_name::softmax;
  args.lr = settings.learning_rate;
  args.epoch = static_cast<int>(settings.epochs);
  args.dim = static_cast<int>(settings.dimensions);
  args.wordNgrams = static_cast<int>(settings.word_ngrams);
  args.minCount = static_cast<int>(settings.min_count);
  args.bucket = static_cast<int>(settings.buckets);
  args.minn = args.maxn = 0;
  args.thread = static_cast<int>(settings.threads);
  args.verbose = 0;
  try {
    fasttext::FastText fast_text;
    fast_text.train(args);
    fast_text.saveModel(model.string());
  } catch (const std::exception& error) {
    return base::failed("model.training",
                        fmt::format("the model was not trained: {}", error.what()),
                        "both classes need texts; smaller learning rates diverge less");
  }
  return {};
}

std::string as_line(std::string_view text) {
  std::string line(text.substr(0, kClassifiedBytes));
  for (char& c : line)
    if (c == '\n' || c == '\r') c = ' ';
  line += '\n';
  return line;
}

}  // namespace fulcrum::data

#pragma once
// Supervised models of fastText (Joulin et al. 2016, arXiv 1607.01759).
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fulcrum::data {

struct ModelGuess {
  std::string label;  // without "__label__"; empty when the text holds no known word
  double score = 0;   // probability
};

/// Immutable; shared by all threads.
class FastTextModel {
 public:
  /// Fails with `file.read`, and with `model.damaged` where the file is no supervised model.
  static base::Result<FastTextModel> load(const std::filesystem::path& path);
  FastTextModel(FastTextModel&&) noexcept;
  FastTextModel& operator=(FastTextModel&&) noexcept;
  ~FastTextModel();

  /// The most probable label.
  ModelGuess best(std::string_view text) const;
  /// The probability of one label; 0 for one that the model lacks.
  double probability(std::string_view text, std::string_view label) const;
  bool has_label(std::string_view label) const;

 private:
  struct Impl;
  explicit FastTextModel(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

struct TrainingSettings {
  double learning_rate = 0.5;
  std::int64_t epochs = 5, dimensions = 100, word_ngrams = 2, min_count = 1;
  std::int64_t buckets = 200'000;  // for n-grams; 2 million is fastText's own default
  std::int64_t threads = 1;        // more than one: faster, and another model each time
};

/// `lines`: a file of "__label__NAME words …" lines. Fails with `file.read` and `model.training`.
base::Status train_fast_text(const std::filesystem::path& lines, const std::filesystem::path& model,
                             const TrainingSettings& settings);

/// A text as fastText reads it: one line.
std::string as_line(std::string_view text);

}  // namespace fulcrum::data

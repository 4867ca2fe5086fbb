// Gopher's repetition rules (Rae et al. 2021, arXiv 2112.11446, table A1), measured as datatrove
// 0.10 does: shares are of the text's code points, an n-gram's length includes its blanks where it
// is looked at as a whole (top) and does not where it is a repeated run (duplicate).
#include <fmt/format.h>
#include <algorithm>
#include <boost/describe/class.hpp>

#include "base/codec.h"
#include "data/operators/operator.h"
#include "data/text/unicode.h"

namespace fulcrum::data {

namespace {

struct Settings {
  double dup_line_frac = 0.30, dup_para_frac = 0.30;
  double dup_line_char_frac = 0.20, dup_para_char_frac = 0.20;
  std::vector<double> top_n_grams{0.20, 0.18, 0.16};                    // for n = 2, 3, …
  std::vector<double> dup_n_grams{0.15, 0.14, 0.13, 0.12, 0.11, 0.10};  // for n = 5, 6, …
};
BOOST_DESCRIBE_STRUCT(Settings, (),
                      (dup_line_frac, dup_para_frac, dup_line_char_frac, dup_para_char_frac,
                       top_n_grams, dup_n_grams))

constexpr std::size_t kFirstTop = 2, kFirstDuplicate = 5;
enum Rule : std::size_t { kEmpty, kParagraphs, kParagraphChars, kLines, kLineChars, kNgrams };

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

class GopherRepetition final : public Operator {
 public:
  explicit GopherRepetition(Settings settings) : settings_(std::move(settings)) {
    for (const double limit : settings_.dup_n_grams)
      least_duplicate_ = std::min(least_duplicate_, limit);
  }

  std::vector<std::string> rules() const override {
    std::vector<std::string> names{"empty", "dup_para_frac", "dup_para_char_frac", "dup_line_frac",
                                   "dup_line_char_frac"};
    for (std::size_t i = 0; i < settings_.top_n_grams.size(); ++i)
      names.push_back(fmt::format("top_{}_gram", kFirstTop + i));
    for (std::size_t i = 0; i < settings_.dup_n_grams.size(); ++i)
      names.push_back(fmt::format("duplicated_{}_n_grams", kFirstDuplicate + i));
    return names;
  }

  Verdict apply(Item& item) const override {
    const std::string_view text = item.text();
    if (text.empty()) return Verdict::drop(kEmpty);
    const std::size_t chars = item.text_chars();
    text::Repetition& measure = item.repetition();

    text::split_newline_runs(text::strip(text), 2, item.lines);
    const text::Duplicates paragraphs = measure.duplicates(item.lines);
    if (over(share(paragraphs.elements, paragraphs.total), settings_.dup_para_frac))
      return Verdict::drop(kParagraphs);
    if (over(share(paragraphs.chars, chars), settings_.dup_para_char_frac))
      return Verdict::drop(kParagraphChars);

    text::split_newline_runs(text, 1, item.lines);
    const text::Duplicates lines = measure.duplicates(item.lines);
    if (over(share(lines.elements, lines.total), settings_.dup_line_frac))
      return Verdict::drop(kLines);
    if (over(share(lines.chars, chars), settings_.dup_line_char_frac))
      return Verdict::drop(kLineChars);
    return ngrams(item.word_repetition(), chars);
  }

 private:
  /// A limit of 0 turns a rule off.
  static bool over(double value, double limit) { return limit > 0 && value > limit; }

  Verdict ngrams(text::Repetition& measure, std::size_t chars) const {
    std::size_t rule = kNgrams;
    for (std::size_t i = 0; i < settings_.top_n_grams.size(); ++i, ++rule)
      if (share(measure.top_ngram_chars(kFirstTop + i), chars) > settings_.top_n_grams[i])
        return Verdict::drop(rule);
    // Repeated 4-grams cover whatever longer ones do: most texts are settled by them.
    const double most = share(measure.repeated_ngram_chars(kFirstDuplicate - 1), chars);
    if (most <= least_duplicate_) return Verdict::keep();
    for (std::size_t i = 0; i < settings_.dup_n_grams.size(); ++i, ++rule)
      if (share(measure.duplicate_ngram_chars(kFirstDuplicate + i), chars) >
          settings_.dup_n_grams[i])
        return Verdict::drop(rule);
    return Verdict::keep();
  }

  Settings settings_;
  double least_duplicate_ = 1;
};

}  // namespace

base::Result<std::unique_ptr<Operator>> make_gopher_repetition(const base::json::value& settings,
                                                               std::string_view path) {
  TRY(auto decoded, base::decode<Settings>(settings, path));
  return std::make_unique<GopherRepetition>(std::move(decoded));
}
base::json::value gopher_repetition_defaults() {
  return base::encode(Settings{});
}

}  // namespace fulcrum::data

// Gopher's quality rules (Rae et al. 2021, arXiv 2112.11446, appendix A.1), counted as datatrove
// 0.10 does.
#include <algorithm>
#include <boost/describe/class.hpp>

#include "base/codec.h"
#include "data/operators/operator.h"
#include "data/text/unicode.h"

namespace fulcrum::data {

namespace {

struct Settings {
  std::int64_t min_doc_words = 50, max_doc_words = 100'000;  // words that are no mark; 0: no limit
  double min_avg_word_length = 3, max_avg_word_length = 10;  // code points
  double max_symbol_word_ratio = 0.1;                        // '#' and ellipses per word
  double max_bullet_lines_ratio = 0.9, max_ellipsis_lines_ratio = 0.3;
  double min_alpha_words_ratio = 0.8;
  std::int64_t min_stop_words = 2;  // different ones
  std::vector<std::string> stop_words{"the", "be", "to", "of", "and", "that", "have", "with"};
};
BOOST_DESCRIBE_STRUCT(Settings, (),
                      (min_doc_words, max_doc_words, min_avg_word_length, max_avg_word_length,
                       max_symbol_word_ratio, max_bullet_lines_ratio, max_ellipsis_lines_ratio,
                       min_alpha_words_ratio, min_stop_words, stop_words))

enum Rule : std::size_t {
  kShort,
  kLong,
  kShortWords,
  kLongWords,
  kHashes,
  kEllipses,
  kBullets,
  kEndEllipses,
  kLetters,
  kStopWords
};

constexpr std::string_view kEllipsis = "…";

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size()))
    ++n;
  return n;
}

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

class GopherQuality final : public Operator {
 public:
  explicit GopherQuality(Settings settings) : settings_(std::move(settings)) {
    for (const std::string& word : settings_.stop_words)
      longest_stop_word_ = std::max(longest_stop_word_, word.size());
  }

  std::vector<std::string> rules() const override {
    return {"gopher_short_doc",
            "gopher_long_doc",
            "gopher_below_avg_threshold",
            "gopher_above_avg_threshold",
            "gopher_too_many_hashes",
            "gopher_too_many_ellipsis",
            "gopher_too_many_bullets",
            "gopher_too_many_end_ellipsis",
            "gopher_below_alpha_threshold",
            "gopher_enough_stop_words"};
  }

  Verdict apply(Item& item) const override {
    const auto& words = item.words();
    std::size_t content = 0, content_chars = 0, with_letter = 0;
    for (const text::Word& word : words) {
      content += word.has_content;
      content_chars += word.has_content ? word.chars : 0;
      with_letter += word.has_letter;
    }
    const auto signed_content = static_cast<std::int64_t>(content);
    if (settings_.min_doc_words && signed_content < settings_.min_doc_words)
      return Verdict::drop(kShort);
    if (settings_.max_doc_words && signed_content > settings_.max_doc_words)
      return Verdict::drop(kLong);
    const double mean_chars = ratio(content_chars, content);
    if (settings_.min_avg_word_length > 0 && mean_chars < settings_.min_avg_word_length)
      return Verdict::drop(kShortWords);
    if (settings_.max_avg_word_length > 0 && mean_chars > settings_.max_avg_word_length)
      return Verdict::drop(kLongWords);
    if (const Verdict verdict = symbols(item, words.size()); verdict.is_drop()) return verdict;
    if (const Verdict verdict = lines(item); verdict.is_drop()) return verdict;
    if (settings_.min_alpha_words_ratio > 0 &&
        ratio(with_letter, words.size()) < settings_.min_alpha_words_ratio)
      return Verdict::drop(kLetters);
    return settings_.min_stop_words > 0 && !enough_stop_words(item) ? Verdict::drop(kStopWords)
                                                                    : Verdict::keep();
  }

 private:
  Verdict symbols(Item& item, std::size_t words) const {
    const double limit = settings_.max_symbol_word_ratio;
    if (limit <= 0) return Verdict::keep();
    const std::string_view text = item.text();
    const auto hashes = static_cast<std::size_t>(std::count(text.begin(), text.end(), '#'));
    if (ratio(hashes, words) > limit) return Verdict::drop(kHashes);
    if (ratio(count(text, "...") + count(text, kEllipsis), words) > limit)
      return Verdict::drop(kEllipses);
    return Verdict::keep();
  }

  Verdict lines(Item& item) const {
    text::split_lines(item.text(), item.lines);
    std::size_t bullets = 0, ellipses = 0;
    for (const std::string_view line : item.lines) {
      const std::string_view left = text::strip_left(line), right = text::strip_right(line);
      bullets += left.starts_with("•") || left.starts_with('-');
      ellipses += right.ends_with("...") || right.ends_with(kEllipsis);
    }
    if (settings_.max_bullet_lines_ratio > 0 &&
        ratio(bullets, item.lines.size()) > settings_.max_bullet_lines_ratio)
      return Verdict::drop(kBullets);
    if (settings_.max_ellipsis_lines_ratio > 0 &&
        ratio(ellipses, item.lines.size()) > settings_.max_ellipsis_lines_ratio)
      return Verdict::drop(kEndEllipses);
    return Verdict::keep();
  }

  bool enough_stop_words(Item& item) const {
    std::uint64_t seen = 0;
    std::int64_t different = 0;
    for (const text::Word& word : item.words()) {
      if (word.bytes > longest_stop_word_) continue;
      const std::string_view here = word.in(item.text());
      for (std::size_t i = 0; i < settings_.stop_words.size(); ++i) {
        if (here != settings_.stop_words[i]) continue;
        const std::uint64_t bit = 1ULL << (i % 64);
        if (!(seen & bit) && ++different >= settings_.min_stop_words) return true;
        seen |= bit;
      }
    }
    return false;
  }

  Settings settings_;
  std::size_t longest_stop_word_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<Operator>> make_gopher_quality(const base::json::value& settings,
                                                            std::string_view path) {
  TRY(auto decoded, base::decode<Settings>(settings, path));
  if (decoded.stop_words.size() > 64)
    return base::usage("operator.stop_words", "at most 64 stop words are counted",
                       std::string(path) + ".stop_words", "name the most frequent ones");
  return std::make_unique<GopherQuality>(std::move(decoded));
}
base::json::value gopher_quality_defaults() {
  return base::encode(Settings{});
}

}  // namespace fulcrum::data

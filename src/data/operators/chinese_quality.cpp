// What the rules for English text ask of words, asked of Chinese characters. A threshold of 0 (of
// 1 for a maximum share) turns its rule off.
#include <xxhash.h>

#include <algorithm>
#include <boost/describe/class.hpp>

#include "base/codec.h"
#include "data/operators/operator.h"
#include "data/text/unicode.h"

namespace fulcrum::data {

namespace {

struct Settings {
  // ChineseWebText (Chen et al. 2023, arXiv 2311.01149) drops pages below 200 characters, below 10
  // characters a line on average, below 30 % Chinese characters, and with half of the 13-grams
  // repeated.
  std::int64_t min_chars = 200;
  std::int64_t max_chars = 500'000;  // Gopher's 100,000 words at up to 5 characters a word
  double min_mean_line_chars = 10;
  double min_han_ratio = 0.3;
  double max_dup_gram_ratio = 0.5;
  std::int64_t gram_chars = 13;
  double min_punctuation_ratio = 0.02;  // prose has 8 to 15 %; lists of keywords have none
  double max_punctuation_ratio = 0.4;   // more is decoration
  double max_symbol_ratio = 0.1;        // Gopher's share of symbols, of characters here
  double line_punct_thr = 0.12;         // FineWeb's, with Chinese marks
};
BOOST_DESCRIBE_STRUCT(Settings, (),
                      (min_chars, max_chars, min_mean_line_chars, min_han_ratio, max_dup_gram_ratio,
                       gram_chars, min_punctuation_ratio, max_punctuation_ratio, max_symbol_ratio,
                       line_punct_thr))

enum Rule : std::size_t {
  kShort,
  kLong,
  kShortLines,
  kHan,
  kLittlePunctuation,
  kMuchPunctuation,
  kSymbols,
  kLineEnds,
  kRepetition
};

/// Of characters that are no white space.
struct Counts {
  std::size_t chars = 0, han = 0, punctuation = 0, symbols = 0, lines = 0, ended_lines = 0;
};

/// Quotes and brackets may stand behind the mark that ends a sentence.
bool closes(char32_t c) {
  return c == U'”' || c == U'’' || c == U'」' || c == U'』' || c == U'）' || c == U'》' ||
         c == U'"' || c == U'\'' || c == U')';
}

bool ends_a_sentence(char32_t c) {
  return c == U'…' || c == U'；' || c == U';' || c == U'：' || (text::classes(c) & text::kTerminal);
}

Counts count(std::string_view text, std::vector<std::uint32_t>& chars) {
  Counts counts;
  chars.clear();
  char32_t last = 0;  // of the line, without what closes a quotation
  const auto end_line = [&] {
    counts.lines += last != 0;
    counts.ended_lines += last != 0 && ends_a_sentence(last);
    last = 0;
  };
  for (const char *at = text.data(), *end = at + text.size(); at < end;) {
    const char32_t c = text::decode(at, end);
    const auto is = text::classes(c);
    if (c == '\n') end_line();
    if (is & text::kSpace) continue;
    ++counts.chars;
    counts.han += (is & text::kHan) != 0;
    counts.punctuation += (is & text::kPunctuation) != 0;
    counts.symbols += (is & text::kSymbol) != 0;
    if (last == 0 || !closes(c)) last = c;
    chars.push_back(c);
  }
  end_line();
  return counts;
}

/// Share of n-grams that stood earlier in the text.
double repeated_grams(const std::vector<std::uint32_t>& chars, std::size_t n) {
  if (n == 0 || chars.size() <= n) return 0;
  std::vector<std::uint64_t> grams(chars.size() - n + 1);
  for (std::size_t i = 0; i < grams.size(); ++i)
    grams[i] = XXH3_64bits(chars.data() + i, n * sizeof chars[0]);
  std::sort(grams.begin(), grams.end());
  const auto different = std::unique(grams.begin(), grams.end()) - grams.begin();
  return 1 - static_cast<double>(different) / static_cast<double>(grams.size());
}

class ChineseQuality final : public Operator {
 public:
  explicit ChineseQuality(Settings settings) : settings_(settings) {}

  std::vector<std::string> rules() const override {
    return {"too_few_chars", "too_many_chars",         "short_lines",
            "han_ratio",     "too_little_punctuation", "too_much_punctuation",
            "symbol_ratio",  "unended_lines",          "repeated_grams"};
  }

  Verdict apply(Item& item) const override {
    thread_local std::vector<std::uint32_t> chars;
    const Counts counts = count(item.text(), chars);
    const auto share = [&](std::size_t part) {
      return static_cast<double>(part) /
             static_cast<double>(std::max<std::size_t>(counts.chars, 1));
    };
    const auto total = static_cast<std::int64_t>(counts.chars);
    if (total < settings_.min_chars) return Verdict::drop(kShort);
    if (total > settings_.max_chars) return Verdict::drop(kLong);
    const auto lines = static_cast<double>(std::max<std::size_t>(counts.lines, 1));
    if (static_cast<double>(counts.chars) / lines < settings_.min_mean_line_chars)
      return Verdict::drop(kShortLines);
    if (share(counts.han) < settings_.min_han_ratio) return Verdict::drop(kHan);
    if (share(counts.punctuation) < settings_.min_punctuation_ratio)
      return Verdict::drop(kLittlePunctuation);
    if (share(counts.punctuation) > settings_.max_punctuation_ratio)
      return Verdict::drop(kMuchPunctuation);
    if (share(counts.symbols) > settings_.max_symbol_ratio) return Verdict::drop(kSymbols);
    if (static_cast<double>(counts.ended_lines) / lines < settings_.line_punct_thr)
      return Verdict::drop(kLineEnds);
    if (settings_.max_dup_gram_ratio < 1 &&
        repeated_grams(chars, static_cast<std::size_t>(settings_.gram_chars)) >
            settings_.max_dup_gram_ratio)
      return Verdict::drop(kRepetition);
    return Verdict::keep();
  }

 private:
  Settings settings_;
};

}  // namespace

base::Result<std::unique_ptr<Operator>> make_chinese_quality(const base::json::value& settings,
                                                             std::string_view path) {
  TRY(auto decoded, base::decode<Settings>(settings, path));
  if (decoded.gram_chars < 1)
    return base::usage("chinese.gram", "an n-gram has at least one character",
                       std::string(path) + ".gram_chars", "13 is usual");
  return std::make_unique<ChineseQuality>(decoded);
}
base::json::value chinese_quality_defaults() {
  return base::encode(Settings{});
}

}  // namespace fulcrum::data

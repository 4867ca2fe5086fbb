// C4's rules (Raffel et al. 2020, JMLR 21:140, section 2.2), as datatrove 0.10 applies them. Lines
// go, or the whole document does.
#include <algorithm>
#include <boost/describe/class.hpp>

#include "base/codec.h"
#include "data/operators/operator.h"
#include "data/text/unicode.h"

namespace fulcrum::data {

namespace {

struct Settings {
  bool filter_no_terminal_punct = true;  // FineWeb turns it off
  bool remove_citations = true;
  bool filter_lorem_ipsum = true, filter_javascript = true, filter_curly_bracket = true;
  bool filter_policy = true;
  std::int64_t min_num_sentences = 5;   // -1: no limit
  std::int64_t min_words_per_line = 3;  // -1: no limit
  std::int64_t max_word_length = 1000;  // code points; -1: no limit
};
BOOST_DESCRIBE_STRUCT(Settings, (),
                      (filter_no_terminal_punct, remove_citations, filter_lorem_ipsum,
                       filter_javascript, filter_curly_bracket, filter_policy, min_num_sentences,
                       min_words_per_line, max_word_length))

enum Rule : std::size_t { kLorem, kBracket, kFewSentences, kLines };

constexpr std::string_view kLoremIpsum = "lorem ipsum", kJavascript = "javascript";
constexpr std::string_view kPolicyPhrases[] = {"terms of use", "privacy policy", "cookie policy",
                                               "uses cookies", "use of cookies", "use cookies"};

struct Blanks {
  std::int64_t words = 0;
  std::int64_t longest = 0;  // code points
};

/// Words between white space.
Blanks count_words(std::string_view line) {
  Blanks found;
  std::int64_t length = 0;
  const char *at = line.data(), *end = at + line.size();
  while (at < end) {
    if (text::classes(text::decode(at, end)) & text::kSpace) {
      length = 0;
      continue;
    }
    if (length++ == 0) ++found.words;
    found.longest = std::max(found.longest, length);
  }
  return found;
}

/// "[12]", "[]", "[edit]", "[citation needed]": its length, or 0. `at` begins with '['.
std::size_t citation_bytes(std::string_view at) {
  for (const std::string_view word : {"[edit]", "[citation needed]"})
    if (at.starts_with(word)) return word.size();
  const auto end = at.find_first_not_of("0123456789", 1);
  return end != std::string_view::npos && at[end] == ']' ? end + 1 : 0;
}

std::string without_citations(std::string_view line) {
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t bytes = line[at] == '[' ? citation_bytes(line.substr(at)) : 0;
    if (bytes == 0) out += line[at];
    at += std::max<std::size_t>(bytes, 1);
  }
  return out;
}

bool ends_a_sentence(std::string_view line) {
  if (line.empty() || line.ends_with("...")) return false;
  return std::string_view(".?!\"'").find(line.back()) != std::string_view::npos;
}

bool holds(std::string_view line, std::string_view phrase) {
  thread_local text::PhraseSearch search;
  search.begin(line);
  return search.holds(phrase);
}

bool names_a_policy(std::string_view line) {
  thread_local text::PhraseSearch search;
  search.begin(line);
  return std::any_of(std::begin(kPolicyPhrases), std::end(kPolicyPhrases),
                     [](std::string_view phrase) { return search.holds(phrase); });
}

/// Phrases that the whole text lacks need not be looked for in its lines.
struct Suspects {
  bool lorem, javascript, policy;
  explicit Suspects(std::string_view text) {
    thread_local text::PhraseSearch search;
    search.begin(text);
    lorem = search.holds(kLoremIpsum);
    javascript = search.holds(kJavascript);
    policy = std::any_of(std::begin(kPolicyPhrases), std::end(kPolicyPhrases),
                         [](std::string_view phrase) { return search.holds(phrase); });
  }
};

class C4 final : public Operator {
 public:
  explicit C4(Settings settings) : settings_(settings) {}

  std::vector<std::string> rules() const override {
    return {"lorem_ipsum", "curly_bracket", "too_few_sentences", "lines_removed"};
  }
  bool only_drops() const override { return false; }

  Verdict apply(Item& item) const override {
    const std::string_view text = item.text();
    text::split_lines(text, item.lines);
    const Suspects suspects(text);
    std::string kept;
    kept.reserve(text.size());
    std::int64_t sentences = 0;
    std::size_t kept_lines = 0;
    for (std::size_t i = 0; i < item.lines.size(); ++i) {
      const std::string_view stripped = text::strip(item.lines[i]);
      std::string cleaned;
      std::string_view line = stripped;
      const Blanks blanks = count_words(stripped);
      if (settings_.max_word_length != -1 && blanks.longest > settings_.max_word_length) continue;
      if (settings_.remove_citations && line.find('[') != std::string_view::npos) {
        cleaned = without_citations(line);
        line = cleaned;
      }
      if (settings_.filter_no_terminal_punct && !ends_a_sentence(line)) continue;
      if (blanks.words < settings_.min_words_per_line) continue;
      if (settings_.filter_lorem_ipsum && suspects.lorem && holds(line, kLoremIpsum))
        return Verdict::drop(kLorem);
      if (settings_.filter_javascript && suspects.javascript && holds(line, kJavascript)) continue;
      if (settings_.filter_curly_bracket && line.find('{') != std::string_view::npos)
        return Verdict::drop(kBracket);
      if (settings_.filter_policy && suspects.policy && names_a_policy(line)) continue;
      if (settings_.min_num_sentences != -1)
        sentences += static_cast<std::int64_t>(sentences_of(item, i, stripped, line));
      if (kept_lines++ > 0) kept += '\n';
      kept += line;
    }
    if (sentences < settings_.min_num_sentences) return Verdict::drop(kFewSentences);
    const std::string_view result = text::strip(kept);
    if (result == text) return Verdict::keep();
    item.set_text(result);
    return Verdict::change(kLines);
  }

 private:
  static std::size_t sentences_of(Item& item, std::size_t index, std::string_view stripped,
                                  std::string_view line) {
    if (const auto given = item.given_sentences(index)) return *given;
    if (line.size() == stripped.size()) {
      const auto begin = static_cast<std::size_t>(stripped.data() - item.text().data());
      return item.sentences_between(begin, begin + stripped.size());
    }
    std::vector<text::Word> words;  // citations are gone: other words may stand side by side
    if (item.language() == "en")
      text::split_english(line, words);
    else
      text::split_by_dictionary(line, std::string(item.language()).c_str(), words);
    return text::count_sentences(words.data(), words.data() + words.size());
  }

  Settings settings_;
};

}  // namespace

base::Result<std::unique_ptr<Operator>> make_c4(const base::json::value& settings,
                                                std::string_view path) {
  TRY(auto decoded, base::decode<Settings>(settings, path));
  return std::make_unique<C4>(decoded);
}
base::json::value c4_defaults() {
  return base::encode(Settings{});
}

}  // namespace fulcrum::data

// Documents or lines that hold a word of a list go: bad words, licence notices, whatever the list
// is about.
#include <fmt/format.h>

#include <boost/describe.hpp>

#include "base/codec.h"
#include "base/text_reader.h"
#include "data/operators/operator.h"
#include "data/text/phrase_set.h"

namespace fulcrum::data {

namespace {

enum class Goes { kDocument, kLine };
BOOST_DESCRIBE_ENUM(Goes, kDocument, kLine)

struct Settings {
  std::string file;                // one word or phrase a line; lines that begin with # are remarks
  std::vector<std::string> words;  // more of them
  Goes drop = Goes::kDocument;
  std::int64_t min_matches = 1;  // of a document
};
BOOST_DESCRIBE_STRUCT(Settings, (), (file, words, drop, min_matches))

enum Rule : std::size_t { kListed, kLines, kNothingLeft };

class WordList final : public Operator {
 public:
  WordList(Settings settings)
      : drop_(settings.drop),
        min_matches_(static_cast<std::size_t>(settings.min_matches)),
        phrases_(settings.words) {}

  std::vector<std::string> rules() const override {
    return {"listed_word", "listed_lines_removed", "only_listed_lines"};
  }
  bool only_drops() const override { return drop_ == Goes::kDocument; }

  Verdict apply(Item& item) const override {
    const std::string_view text = item.text();
    if (drop_ == Goes::kDocument)
      return phrases_.count(text, min_matches_) >= min_matches_ ? Verdict::drop(kListed)
                                                                : Verdict::keep();
    if (!phrases_.is_in(text)) return Verdict::keep();
    std::string kept;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
      const std::string_view line = text.substr(at, end - at);
      if (!phrases_.is_in(line)) kept += line;
      at = end;
    }
    if (kept.size() == text.size()) return Verdict::keep();  // a phrase that two lines share
    if (kept.find_first_not_of(" \t\r\n") == std::string::npos) return Verdict::drop(kNothingLeft);
    item.set_text(kept);
    return Verdict::change(kLines);
  }

 private:
  Goes drop_;
  std::size_t min_matches_;
  text::PhraseSet phrases_;
};

}  // namespace

base::Result<std::unique_ptr<Operator>> make_word_list(const base::json::value& settings,
                                                       std::string_view path) {
  TRY(auto decoded, base::decode<Settings>(settings, path));
  if (!decoded.file.empty()) {
    TRY(auto lines, base::LineReader::open(decoded.file));
    for (std::string line; lines.next(line);)
      if (!line.starts_with('#')) decoded.words.push_back(line);
  }
  bool any = false;
  for (const std::string& word : decoded.words) {
    any = any || word.find_first_not_of(" \t") != std::string::npos;
    if (base::invalid_utf8(word))
      return base::usage("words.encoding", "a word of the list is not UTF-8",
                         fmt::format("{}.file", path), "save the list as UTF-8");
  }
  if (!any)
    return base::usage("words.none", "the list has no words", std::string(path),
                       "name a file with a word or phrase a line, or give `words`");
  if (decoded.min_matches < 1)
    return base::usage("words.matches", "a document is dropped at one match or more",
                       fmt::format("{}.min_matches", path), "1 or more");
  return std::make_unique<WordList>(std::move(decoded));
}
base::json::value word_list_defaults() {
  return base::encode(Settings{});
}

}  // namespace fulcrum::data

// FineWeb's own rules (Penedo et al. 2024, arXiv 2406.17557, section 3.6), as datatrove 0.10 counts
// them.
#include <boost/describe/class.hpp>

#include <algorithm>

#include "base/codec.h"
#include "data/operators/operator.h"
#include "data/text/unicode.h"

namespace fulcrum::data {

namespace {

struct Settings {
  double line_punct_thr = 0.12;  // least share of lines that end with terminal punctuation
  bool line_punct_exclude_zero = false;
  double short_line_thr = 0.67;  // most lines of at most short_line_length code points
  std::int64_t short_line_length = 30;
  double char_duplicates_ratio = 0.01;  // most code points in repeated lines
  double new_line_ratio = 0.3;          // most line breaks per word
};
BOOST_DESCRIBE_STRUCT(Settings, (),
                      (line_punct_thr, line_punct_exclude_zero, short_line_thr, short_line_length,
                       char_duplicates_ratio, new_line_ratio))

enum Rule : std::size_t { kEmpty, kPunctuation, kShortLines, kDuplicates, kList };

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

bool ends_a_sentence(std::string_view line) {
  return text::classes(text::before(line.data(), line.data() + line.size())) & text::kTerminal;
}

class FineWeb final : public Operator {
 public:
  explicit FineWeb(Settings settings) : settings_(settings) {}

  std::vector<std::string> rules() const override {
    return {"empty", "line_punct_ratio", "short_line_ratio", "char_dup_ratio", "list_ratio"};
  }

  Verdict apply(Item& item) const override {
    const std::string_view text = item.text();
    text::split_newlines(text, item.lines);
    std::erase_if(item.lines, [](std::string_view line) { return text::strip(line).empty(); });
    if (item.lines.empty()) return Verdict::drop(kEmpty);
    const std::size_t lines = item.lines.size();
    std::size_t ended = 0, short_lines = 0;
    const auto limit = static_cast<std::size_t>(settings_.short_line_length);
    for (const std::string_view line : item.lines) {
      ended += ends_a_sentence(line);
      short_lines +=
          line.size() <= limit || (line.size() <= 4 * limit && text::code_points(line) <= limit);
    }
    if (ratio(ended, lines) < settings_.line_punct_thr &&
        !(ended == 0 && settings_.line_punct_exclude_zero))
      return Verdict::drop(kPunctuation);
    if (ratio(short_lines, lines) > settings_.short_line_thr) return Verdict::drop(kShortLines);

    const auto breaks = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    const text::Duplicates repeated = item.repetition().duplicates(item.lines);
    if (ratio(repeated.chars, item.text_chars() - breaks) > settings_.char_duplicates_ratio)
      return Verdict::drop(kDuplicates);
    if (ratio(breaks, item.words().size()) > settings_.new_line_ratio) return Verdict::drop(kList);
    return Verdict::keep();
  }

 private:
  Settings settings_;
};

}  // namespace

base::Result<std::unique_ptr<Operator>> make_fineweb(const base::json::value& settings,
                                                     std::string_view path) {
  TRY(auto decoded, base::decode<Settings>(settings, path));
  return std::make_unique<FineWeb>(decoded);
}
base::json::value fineweb_defaults() {
  return base::encode(Settings{});
}

}  // namespace fulcrum::data

#pragma once
// Lines and paragraphs, each by the rule that some published filter counts with.
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::data::text {

using Lines = std::vector<std::string_view>;  // into the text

/// As Python's str.splitlines: at every line end that Unicode knows, none after the last.
void split_lines(std::string_view text, Lines& lines);
/// At each '\n'; n breaks give n + 1 lines, empty ones too.
void split_newlines(std::string_view text, Lines& lines);
/// At runs of at least `least` '\n': n runs give n + 1 pieces.
void split_newline_runs(std::string_view text, std::size_t least, Lines& pieces);

/// Looks for phrases in a text, letters A-Z counting as a-z. Scratch of one thread.
class PhraseSearch {
 public:
  /// The text that holds() looks at; copied.
  void begin(std::string_view text);
  /// `phrase`: ASCII in lower case.
  bool holds(std::string_view phrase) const;

 private:
  std::string lower_;
};

}  // namespace fulcrum::data::text

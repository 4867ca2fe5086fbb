#pragma once
// The language of a text by CLD2.
#include <string>
#include <string_view>

namespace fulcrum::data {

struct LanguageGuess {
  std::string code;  // ISO 639-1 or -2: "en", "zh"; "und" when nothing can be said
  double score = 0;  // share of the text's letters in that language; 0 where CLD2 is unsure
};

/// So many bytes of a text are looked at.
inline constexpr std::size_t kClassifiedBytes = 256U << 10;

/// Traditional and simplified Chinese are both "zh". Any bytes are fine.
LanguageGuess identify_language(std::string_view text);

}  // namespace fulcrum::data

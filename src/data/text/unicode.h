#pragma once
// Code points and what they are: one table lookup for the basic plane, built once from ICU.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fulcrum::data::text {

/// Properties of a code point; several may hold.
enum Class : std::uint16_t {
  kSpace = 1,          // white space as Python's str.isspace sees it
  kLineEnd = 2,        // ends a line as Python's str.splitlines sees it
  kLetter = 4,         // general category L*
  kUpper = 8,          // a letter that may stand where an upper-case one is asked for
  kLower = 16,         // likewise lower case; scripts without case are both
  kDigit = 32,         // 0-9
  kSymbol = 64,        // general category So: dingbats, emoji, box drawing
  kPunctuation = 128,  // general category P*
  kTerminal = 256,     // ends a sentence (Unicode's Sentence_Terminal)
  kMark = 512,         // no word by itself: punctuation and controls of datatrove's list
  kHan = 1024,         // ideographs
};

namespace detail {
std::uint16_t wide_classes(char32_t c);
constexpr auto kAscii = [] {
  std::array<std::uint16_t, 128> is{};
  for (std::size_t c = 0; c < 128; ++c) {
    const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';
    const bool digit = c >= '0' && c <= '9', control = c < 0x20 || c == 0x7F;
    const bool symbol = c == '$' || c == '+' || c == '<' || c == '=' || c == '>' || c == '^' ||
                        c == '`' || c == '|' || c == '~';
    if ((c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20)) is[c] |= kSpace;
    if ((c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E)) is[c] |= kLineEnd;
    if (upper || lower) is[c] |= kLetter;
    if (upper) is[c] |= kUpper;
    if (lower) is[c] |= kLower;
    if (digit) is[c] |= kDigit;
    if (!upper && !lower && !digit && !control && !symbol && c != ' ') is[c] |= kPunctuation;
    if (c == '.' || c == '!' || c == '?') is[c] |= kTerminal;
    if (!upper && !lower && !digit && c != ' ' && c != '\t' && c != '\n') is[c] |= kMark;
  }
  is['\t'] &= static_cast<std::uint16_t>(~kMark);
  is['\n'] &= static_cast<std::uint16_t>(~kMark);
  return is;
}();
}  // namespace detail

/// Of any code point up to U+10FFFF; 0 beyond.
inline std::uint16_t classes(char32_t c) {
  return c < 128 ? detail::kAscii[c] : detail::wide_classes(c);
}

/// The code point at `at`, which moves past it; a byte that fits nowhere is U+FFFD. at < end.
inline char32_t decode(const char*& at, const char* end) {
  const auto first = static_cast<unsigned char>(*at++);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  if (more == 0 || end - at < more) return 0xFFFD;
  char32_t c = first & (0x3F >> more);
  for (int i = 0; i < more; ++i) c = (c << 6) | (static_cast<unsigned char>(at[i]) & 0x3F);
  at += more;
  return c;
}

/// The code point that ends at `at`, without moving. begin < at.
char32_t before(const char* begin, const char* at);

/// How many code points valid UTF-8 holds.
std::size_t code_points(std::string_view text);
bool is_ascii(std::string_view text);

/// Without white space at both ends (at the left, at the right end).
std::string_view strip(std::string_view text);
std::string_view strip_left(std::string_view text);
std::string_view strip_right(std::string_view text);

}  // namespace fulcrum::data::text

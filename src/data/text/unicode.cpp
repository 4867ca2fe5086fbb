#include "data/text/unicode.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

namespace fulcrum::data::text {

namespace {

// What datatrove (utils/text.py, PUNCTUATION) does not count as a word, beside the terminal marks
// and the control characters.
constexpr std::u32string_view kMarks =
    U"!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»";

bool is_python_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

bool is_line_end(char32_t c) {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 ||
         c == 0x2029;
}

/// Blocks of East Asian signs that count as letters of their text although not all are.
bool is_cjk_block(char32_t c) {
  return (c >= 0x2E80 && c <= 0x303F) || (c >= 0x31C0 && c <= 0x4DBF) ||
         (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0x20000 && c <= 0x2FA1F);
}

std::uint16_t compute(char32_t c) {
  const auto code = static_cast<UChar32>(c);
  const auto category = u_charType(code);
  const std::uint32_t mask = 1U << category;
  std::uint16_t is = 0;
  if (is_python_space(c)) is |= kSpace;
  if (is_line_end(c)) is |= kLineEnd;
  if (mask & U_GC_L_MASK) is |= kLetter;
  const bool cased = mask & (U_GC_LU_MASK | U_GC_LT_MASK | U_GC_LL_MASK);
  const bool uncased = ((mask & U_GC_L_MASK) && !cased) || is_cjk_block(c);
  if (uncased || (mask & (U_GC_LU_MASK | U_GC_LT_MASK))) is |= kUpper;
  if (uncased || (mask & U_GC_LL_MASK)) is |= kLower;
  if (c >= '0' && c <= '9') is |= kDigit;
  if (mask & U_GC_SO_MASK) is |= kSymbol;
  if (mask & U_GC_P_MASK) is |= kPunctuation;
  if (u_hasBinaryProperty(code, UCHAR_S_TERM)) is |= kTerminal | kMark;
  if (c < 9 || (c >= 11 && c < 32) || (c >= 127 && c < 160) ||
      kMarks.find(c) != std::u32string_view::npos)
    is |= kMark;
  if (u_hasBinaryProperty(code, UCHAR_IDEOGRAPHIC)) is |= kHan;
  return is;
}

constexpr std::size_t kPlane = 0x10000;
using Table = std::array<std::uint16_t, kPlane>;

const Table& table() {
  static const auto built = [] {
    auto made = std::make_unique<Table>();
    for (std::size_t c = 0; c < kPlane; ++c) (*made)[c] = compute(static_cast<char32_t>(c));
    return made;
  }();
  return *built;
}

}  // namespace

std::uint16_t detail::wide_classes(char32_t c) {
  static const Table& plane = table();
  if (c < kPlane) return plane[c];
  return c <= 0x10FFFF ? compute(c) : 0;
}

char32_t before(const char* begin, const char* at) {
  const char* start = at - 1;
  while (start > begin && (static_cast<unsigned char>(*start) & 0xC0) == 0x80 && at - start < 4)
    --start;
  return decode(start, at);
}

std::size_t code_points(std::string_view text) {
  std::size_t continuation = 0;
  for (const char c : text) continuation += (static_cast<unsigned char>(c) & 0xC0) == 0x80;
  return text.size() - continuation;
}

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

std::string_view strip_left(std::string_view text) {
  const char *at = text.data(), *end = at + text.size();
  while (at < end) {
    const char* next = at;
    if (!(classes(decode(next, end)) & kSpace)) break;
    at = next;
  }
  return {at, static_cast<std::size_t>(end - at)};
}

std::string_view strip_right(std::string_view text) {
  const char *begin = text.data(), *end = begin + text.size();
  while (end > begin) {
    const char* start = end - 1;
    while (start > begin && (static_cast<unsigned char>(*start) & 0xC0) == 0x80) --start;
    const char* next = start;
    if (!(classes(decode(next, end)) & kSpace)) break;
    end = start;
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::string_view strip(std::string_view text) {
  return strip_right(strip_left(text));
}

}  // namespace fulcrum::data::text

#include "data/text/mojibake.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "data/text/unicode.h"

namespace fulcrum::data::text {

namespace {

/// windows-1252 from 0x80 to 0x9F (WHATWG Encoding, index windows-1252).
constexpr std::array<char32_t, 32> kWindows1252 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

/// The byte that stands for a character in windows-1252 or Latin-1; 0: none, or ASCII.
std::uint8_t byte_of(char32_t c) {
  if (c >= 0x80 && c <= 0xFF) return static_cast<std::uint8_t>(c);
  if (c < 0x80) return 0;
  const auto at = std::find(kWindows1252.begin(), kWindows1252.end(), c);
  return at == kWindows1252.end() ? 0
                                  : static_cast<std::uint8_t>(0x80 + (at - kWindows1252.begin()));
}

/// Bytes of the UTF-8 sequence at `at` beyond ASCII (RFC 3629); 0: none.
std::size_t sequence_at(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U;
  };
  const unsigned lead = byte(0), second = byte(1);
  const std::size_t size = lead >= 0xC2 && lead <= 0xDF   ? 2
                           : lead >= 0xE0 && lead <= 0xEF ? 3
                           : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                          : 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : size;
}

enum class Reading { kNone, kPossible, kCertain };

/// What a run of such characters is, as bytes. `before`: the byte in front of the run.
Reading reading_of(std::string_view bytes, char before) {
  std::size_t sequences = 0;
  for (std::size_t at = 0; at < bytes.size(); ++sequences) {
    const std::size_t size = sequence_at(bytes, at);
    if (size == 0) return Reading::kNone;
    at += size;
  }
  if (sequences > 1) return Reading::kCertain;
  const auto lead = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  // "IRMÃ”" and "É…" are words in capitals with a mark behind them.
  if (lead == 0xC2 || lead == 0xC3)
    return before >= 'A' && before <= 'Z' ? Reading::kPossible : Reading::kCertain;
  const bool is_known = (lead == 0xE2 && (second == 0x80 || second == 0x82 || second == 0x84)) ||
                        (lead == 0xEF && (second == 0xBB || second == 0xBC)) ||
                        (lead == 0xF0 && second == 0x9F);
  return is_known ? Reading::kCertain : Reading::kPossible;
}

/// The line repaired into `out`; false: it stays as it is.
bool undo_line(std::string_view line, std::string& out) {
  out.clear();
  bool is_certain = false;
  for (const char *at = line.data(), *end = at + line.size(); at < end;) {
    const char* begin = at;
    std::string bytes;
    const char* behind = at;
    while (behind < end) {
      const char* next = behind;
      const std::uint8_t byte = byte_of(decode(next, end));
      if (byte == 0) break;
      bytes += static_cast<char>(byte);
      behind = next;
    }
    if (bytes.empty()) {
      decode(at, end);
      out.append(begin, at);
      continue;
    }
    const Reading reading = reading_of(bytes, begin == line.data() ? ' ' : begin[-1]);
    if (reading == Reading::kNone) return false;
    is_certain = is_certain || reading == Reading::kCertain;
    out += bytes;
    at = behind;
  }
  return is_certain;
}

bool undo_once(std::string_view text, std::string& out) {
  out.clear();
  bool is_changed = false;
  std::string line;
  while (!text.empty()) {
    const auto size = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view whole = text.substr(0, size);
    const bool undone = !is_ascii(whole) && undo_line(whole, line);
    out += undone ? std::string_view(line) : whole;
    is_changed = is_changed || undone;
    text.remove_prefix(size);
  }
  return is_changed;
}

}  // namespace

std::optional<std::string> undo_mojibake(std::string_view text) {
  // Every such text has one of these: "Â" to "ô" is written C3 82 to C3 B4.
  if (text.find('\xC3') == std::string_view::npos) return std::nullopt;
  std::string before(text), after;
  bool is_changed = false;
  for (int times = 0; times < 3 && undo_once(before, after); ++times) {
    is_changed = true;
    std::swap(before, after);
  }
  if (!is_changed) return std::nullopt;
  return before;
}

}  // namespace fulcrum::data::text

#include "data/text/lines.h"

#include <algorithm>
#include <cstring>

#include "data/text/unicode.h"

namespace fulcrum::data::text {

namespace {

/// Length of the line end at `at`; 0 when there is none.
std::size_t line_end_bytes(const char* at, const char* end) {
  const auto c = static_cast<unsigned char>(*at);
  if (c == '\r') return end - at > 1 && at[1] == '\n' ? 2 : 1;
  if ((c >= 0x0A && c <= 0x0C) || (c >= 0x1C && c <= 0x1E)) return 1;
  if (c != 0xC2 && c != 0xE2) return 0;  // U+0085, U+2028, U+2029
  const char* next = at;
  return classes(decode(next, end)) & kLineEnd ? static_cast<std::size_t>(next - at) : 0;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// No line end but '\n': what nearly every text holds.
bool has_only_newlines(std::string_view text) {
  unsigned other = 0;
  for (const char each : text) {
    const auto c = static_cast<unsigned char>(each);
    other |= static_cast<unsigned>(c - 0x0BU < 3U) | static_cast<unsigned>(c - 0x1CU < 3U);
  }
  return other == 0 && text.find("\u0085") == std::string_view::npos &&
         text.find("\u2028") == std::string_view::npos &&
         text.find("\u2029") == std::string_view::npos;
}

}  // namespace

void split_lines(std::string_view text, Lines& lines) {
  if (has_only_newlines(text)) {
    split_newlines(text, lines);
    if (lines.back().empty()) lines.pop_back();
    return;
  }
  lines.clear();
  const char *start = text.data(), *end = start + text.size();
  for (const char* at = start; at < end;) {
    const std::size_t bytes = line_end_bytes(at, end);
    if (bytes == 0) {
      ++at;
      continue;
    }
    lines.emplace_back(start, static_cast<std::size_t>(at - start));
    start = at += bytes;
  }
  if (start < end) lines.emplace_back(start, static_cast<std::size_t>(end - start));
}

void split_newlines(std::string_view text, Lines& lines) {
  split_newline_runs(text, 0, lines);
}

void split_newline_runs(std::string_view text, std::size_t least, Lines& pieces) {
  pieces.clear();
  std::size_t start = 0;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at)) {
    std::size_t run = 1;
    while (least > 0 && at + run < text.size() && text[at + run] == '\n') ++run;
    if (run >= least) {
      pieces.push_back(text.substr(start, at - start));
      start = at + run;
    }
    at += run;
  }
  pieces.push_back(text.substr(start));
}

void PhraseSearch::begin(std::string_view text) {
  lower_.resize(text.size());
  std::transform(text.begin(), text.end(), lower_.begin(), lower);
}

bool PhraseSearch::holds(std::string_view phrase) const {
  return ::memmem(lower_.data(), lower_.size(), phrase.data(), phrase.size()) != nullptr;
}

}  // namespace fulcrum::data::text

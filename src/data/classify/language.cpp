#include "data/classify/language.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <cstring>

namespace fulcrum::data {

namespace {

/// CLD2 reads text for interchange alone: no controls beside tab and line ends, no noncharacters.
std::string for_interchange(std::string_view text) {
  std::string out(text);
  const auto byte = [&](std::size_t i) {
    return i < out.size() ? static_cast<unsigned char>(out[i]) : 0U;
  };
  for (std::size_t i = 0; i < out.size(); ++i) {
    const unsigned c = byte(i), d = byte(i + 1), e = byte(i + 2);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) out[i] = ' ';
    const bool control = c == 0xC2 && d >= 0x80 && d <= 0x9F;
    const bool no_character = c == 0xEF && ((d == 0xB7 && e >= 0x90 && e <= 0xAF) ||
                                            (d == 0xBF && (e == 0xBE || e == 0xBF)));
    const bool last_of_plane = c >= 0xF0 && (d & 0x0F) == 0x0F && e == 0xBF &&
                               (byte(i + 3) == 0xBE || byte(i + 3) == 0xBF);
    const std::size_t size = control ? 2 : no_character ? 3 : last_of_plane ? 4 : 0;
    if (size > 0 && i + size <= out.size()) std::memset(out.data() + i, ' ', size);
  }
  return out;
}

std::string_view beginning(std::string_view text) {
  if (text.size() <= kClassifiedBytes) return text;
  std::size_t end = kClassifiedBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

/// CLD2 has kept some codes that ISO withdrew.
std::string current_code(std::string_view code) {
  if (code.starts_with("zh")) return "zh";
  if (code == "iw") return "he";
  if (code == "jw") return "jv";
  if (code == "un" || code.starts_with("xx")) return "und";
  return std::string(code);
}

}  // namespace

LanguageGuess identify_language(std::string_view text) {
  const std::string clean = for_interchange(beginning(text));
  CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  CLD2::Language three[3];
  int percent[3], text_bytes = 0, valid_bytes = 0;
  double scores[3];
  bool is_reliable = false;
  CLD2::ExtDetectLanguageSummaryCheckUTF8(clean.data(), static_cast<int>(clean.size()), true,
                                          &hints, 0, three, percent, scores, nullptr, &text_bytes,
                                          &is_reliable, &valid_bytes);
  if (valid_bytes < static_cast<int>(clean.size())) return {"und", 0};
  LanguageGuess guess{current_code(CLD2::LanguageCode(three[0])), 0};
  if (is_reliable && guess.code != "und") guess.score = percent[0] / 100.0;
  return guess;
}

}  // namespace fulcrum::data

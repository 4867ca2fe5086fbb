#include "data/web/entities.h"

#include <algorithm>

#include "data/web/entity_table.h"

namespace fulcrum::data::web {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return is_digit(c) || (lower >= 'a' && lower <= 'z');
}

int hex_of(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

const EntityEntry* find(std::string_view name, std::uint32_t hash) {
  for (std::size_t slot = (hash ^ (hash >> 15)) % kEntitySlotCount; kEntitySlots[slot] != 0;
       slot = (slot + 1) % kEntitySlotCount)
    if (kEntities[kEntitySlots[slot]].name == name) return &kEntities[kEntitySlots[slot]];
  return nullptr;
}

/// Old pages mean windows-1252 by 128 … 159 (the table of 13.2.5.80).
std::uint32_t meant(std::uint32_t code_point) {
  static constexpr std::array<std::uint16_t, 32> kWindows = {
      0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
      0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
      0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
  if (code_point == 0) return 0xFFFD;
  return code_point >= 0x80 && code_point < 0xA0 ? kWindows[code_point - 0x80] : code_point;
}

Reference numeric(std::string_view text) {
  std::size_t at = 2;
  const bool is_hex = at < text.size() && (text[at] | 0x20) == 'x';
  if (is_hex) ++at;
  const std::size_t first = at;
  std::uint32_t value = 0;
  for (; at < text.size(); ++at) {
    const int digit = is_hex ? hex_of(text[at]) : is_digit(text[at]) ? text[at] - '0' : -1;
    if (digit < 0) break;
    if (value <= 0x10FFFF) value = value * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
  }
  if (at == first) return {};
  Reference reference = utf8_of(meant(value));
  reference.consumed = at + (at < text.size() && text[at] == ';' ? 1 : 0);
  return reference;
}

}  // namespace

Reference utf8_of(std::uint32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = 0xFFFD;
  Reference out;
  const auto put = [&out](std::uint32_t byte) { out.bytes[out.size++] = static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return out;
}

Reference reference_at(std::string_view text, bool in_attribute) {
  if (text.size() < 3) return {};
  if (text[1] == '#') return numeric(text);
  const EntityEntry* best = nullptr;
  std::uint32_t hash = 2166136261U;
  const std::size_t end = std::min(text.size(), kLongestEntity + 1);
  for (std::size_t at = 1; at < end; ++at) {
    const char c = text[at];
    const bool is_end = c == ';';
    if (!is_end && !is_letter_or_digit(c)) break;
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    // Names without ';' have 2 to 6 letters.
    if (is_end || (at >= 2 && at <= 6))
      if (const EntityEntry* entry = find(text.substr(1, at), hash)) best = entry;
    if (is_end) break;
  }
  if (!best) return {};
  const std::size_t consumed = 1 + best->name.size();
  if (in_attribute && best->name.back() != ';' && consumed < text.size() &&
      (text[consumed] == '=' || is_letter_or_digit(text[consumed])))
    return {};
  Reference reference;
  reference.consumed = consumed;
  reference.size = static_cast<std::uint8_t>(best->text.copy(reference.bytes.data(), 8));
  return reference;
}

std::string plain_text(std::string_view text, bool in_attribute) {
  std::string out;
  bool gap = false;
  const auto put = [&](std::string_view bytes) {
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += bytes;
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '&') {
      const Reference reference = reference_at(text.substr(at), in_attribute);
      const std::string_view bytes(reference.bytes.data(), reference.size);
      at += std::max<std::size_t>(reference.consumed, 1);
      if (bytes == "\xC2\xA0" || bytes == "\n" || bytes == " ")
        gap = true;
      else
        put(reference.consumed == 0 ? "&" : bytes);
    } else if (c == ' ' || (c >= '\t' && c <= '\r') || text.substr(at, 2) == "\xC2\xA0") {
      at += c == '\xC2' ? 2 : 1;
      gap = true;
    } else {
      if (c != '\0') put(text.substr(at, 1));
      ++at;
    }
  }
  return out;
}

}  // namespace fulcrum::data::web

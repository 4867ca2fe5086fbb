#include "data/tables/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "data/column_profile.h"

namespace fulcrum::data::tables {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Length of the number that `text` begins with; 0 where there is none.
std::size_t number_length(std::string_view text) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const std::size_t first = at;
  while (at < text.size() &&
         (is_digit(text[at]) ||
          (text[at] == ',' && at > first && at + 1 < text.size() && is_digit(text[at + 1]))))
    ++at;
  const std::size_t whole = at;
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
  } else if (whole > first && at < text.size() && text[at] == '.' && at + 1 == text.size()) {
    ++at;
  }
  if (at == first) return 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t end = at + 1;
    if (end < text.size() && (text[end] == '-' || text[end] == '+')) ++end;
    const std::size_t digits = end;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end > digits && end == text.size()) at = end;
  }
  return at;
}

/// Commas stand before groups of three digits.
bool groups_are_right(std::string_view digits) {
  const std::size_t point = std::min(digits.find('.'), digits.size());
  std::size_t run = 0;
  bool seen = false;
  for (std::size_t i = 0; i < point; ++i) {
    if (digits[i] == ',') {
      if (seen ? run != 3 : run > 3) return false;
      seen = true;
      run = 0;
    } else if (is_digit(digits[i])) {
      ++run;
    }
  }
  return !seen || run == 3;
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_digit);
}

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
  text = trim(text);
  Quantity quantity;
  std::size_t start = 0;
  while (start < text.size() && !is_digit(text[start]) && text[start] != '.') ++start;
  if (start == text.size()) return std::nullopt;
  if (start > 0 && (text[start - 1] == '-' || text[start - 1] == '+')) --start;
  quantity.before = trim(text.substr(0, start));
  if (quantity.before.size() > 4) return std::nullopt;
  const std::string_view rest = text.substr(start);
  const std::size_t length = number_length(rest);
  if (length == 0) return std::nullopt;
  quantity.digits = rest.substr(0, length);
  quantity.after = trim(rest.substr(length));
  if (quantity.after.size() > 24 || has_digit(quantity.after)) return std::nullopt;
  std::string plain;
  for (const char c : quantity.digits)
    if (c != ',' && c != '+') plain += c;
  quantity.grouped = quantity.digits.find(',') != std::string_view::npos;
  if (quantity.grouped && !groups_are_right(quantity.digits)) return std::nullopt;
  const auto [end, error] =
      std::from_chars(plain.data(), plain.data() + plain.size(), quantity.number);
  if (error != std::errc() || !std::isfinite(quantity.number)) return std::nullopt;
  const auto point = plain.find('.');
  if (point != std::string::npos && plain.find_first_of("eE") == std::string::npos)
    quantity.decimals = static_cast<int>(plain.size() - point - 1);
  const std::size_t sign = plain.starts_with('-') ? 1 : 0;
  quantity.leading_zero =
      plain.size() > sign + 1 && plain[sign] == '0' && is_digit(plain[sign + 1]);
  return quantity;
}

std::optional<bool> parse_boolean(std::string_view text) {
  static constexpr std::array<std::string_view, 4> kYes = {"yes", "true", "y", "t"};
  static constexpr std::array<std::string_view, 4> kNo = {"no", "false", "n", "f"};
  if (text.size() > 7) return std::nullopt;
  const std::string word = lower_ascii(trim(text));
  if (std::find(kYes.begin(), kYes.end(), word) != kYes.end()) return true;
  if (std::find(kNo.begin(), kNo.end(), word) != kNo.end()) return false;
  return std::nullopt;
}

bool is_missing_word(std::string_view text) {
  static constexpr std::array<std::string_view, 20> kMore = {"empty",
                                                             "not available",
                                                             "not applicable",
                                                             "not specified",
                                                             "n.a.",
                                                             "tbd",
                                                             "tba",
                                                             "#value!",
                                                             "#ref!",
                                                             "#null!",
                                                             "\\n",
                                                             "(null)",
                                                             "...",
                                                             "---",
                                                             "xxx",
                                                             "无",
                                                             "未知",
                                                             "不详",
                                                             "暂无",
                                                             "空"};
  if (text.size() > 20) return false;
  if (is_placeholder(text)) return true;
  const std::string word = lower_ascii(trim_unicode(text));
  return std::find(kMore.begin(), kMore.end(), word) != kMore.end();
}

namespace {

char class_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) return 'w';
  if (std::isdigit(byte)) return '9';
  if (std::islower(byte)) return 'a';
  if (std::isupper(byte)) return 'A';
  return c;
}

bool collapses(char kind) {
  return kind == 'w' || kind == '9' || kind == 'a' || kind == 'A' || kind == ' ';
}

}  // namespace

std::string pattern_of(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    const char kind = class_of(c);
    if (!(collapses(kind) && pattern.ends_with(kind))) pattern += kind;
  }
  return pattern;
}

std::string sized_pattern_of(std::string_view text) {
  std::string pattern;
  for (std::size_t i = 0; i < text.size();) {
    const char kind = class_of(text[i]);
    std::size_t end = i + 1;
    while (collapses(kind) && end < text.size() && class_of(text[end]) == kind) ++end;
    pattern += kind;
    if (kind == '9') pattern += fmt::format("{{{}}}", end - i);
    i = end;
  }
  return pattern;
}

}  // namespace fulcrum::data::tables

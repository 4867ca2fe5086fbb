#include "data/column_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace fulcrum::data {

namespace {
constexpr std::size_t kEnumerationValues = 40;

char class_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) return 'u';
  if (std::isdigit(byte)) return '9';
  if (std::islower(byte)) return 'a';
  if (std::isupper(byte)) return 'A';
  return c;
}
}  // namespace

ColumnLooks looks_of(const CleanWork& work, std::size_t index) {
  const Column& cells = work.table.columns[index];
  std::size_t values = 0, numbers = 0, texts = 0, spaced = 0;
  std::unordered_map<std::uint32_t, std::size_t> distinct;
  for (std::size_t row = 0; row < work.table.rows(); ++row) {
    if (work.judgement.dropped(row) || cells.is_missing(row)) continue;
    ++values;
    numbers += cells.kinds[row] == CellKind::kNumber || cells.kinds[row] == CellKind::kBool;
    if (cells.kinds[row] != CellKind::kText) continue;
    ++texts;
    spaced += trim_unicode(work.table.texts[cells.texts[row]]).find(' ') != std::string_view::npos;
    if (distinct.size() < 100'000) ++distinct[cells.texts[row]];
  }
  if (values == 0) return ColumnLooks::kEmpty;
  if (numbers * 5 >= values * 4) return ColumnLooks::kNumbers;
  if (texts * 5 < values * 4) return ColumnLooks::kMixed;
  // Few values carry nearly all rows: misspelt ones do not hide an enumeration.
  std::vector<std::size_t> counts;
  for (const auto& [text, count] : distinct) counts.push_back(count);
  std::sort(counts.rbegin(), counts.rend());
  std::size_t covered = 0;
  for (std::size_t i = 0; i < counts.size() && i < kEnumerationValues; ++i) covered += counts[i];
  if (covered * 10 >= texts * 9 && texts >= counts.size() * 5) return ColumnLooks::kEnumeration;
  return spaced * 5 >= texts ? ColumnLooks::kProse : ColumnLooks::kCodes;
}

bool is_placeholder(std::string_view text) {
  static const std::array<std::string_view, 14> kWords = {
      "",     "null", "none", "nil", "nan",       "n/a",     "na",
      "#n/a", "-",    "--",   "?",   "undefined", "unknown", "missing"};
  const std::string word = lower_ascii(trim_unicode(text));
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

std::string_view trim_unicode(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kSpaces = {
      " ",           "\t", "\r", "\n", "\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\x8B", "\xEF\xBB\xBF",
      "\xE2\x80\xAF"};
  for (bool again = true; again;) {
    again = false;
    for (const auto space : kSpaces) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        again = true;
      } else if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        again = true;
      }
    }
  }
  return text;
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string form_of(std::string_view text, int level) {
  std::string form;
  if (level <= 1) {
    for (const char c : text) {
      const char kind = class_of(c);
      const char shown = level == 0 && kind != '9' && kind != 'u' ? c : kind;
      const bool collapses = kind == '9' || kind == 'u' || (level == 1 && kind != c);
      if (!(collapses && form.ends_with(shown))) form += shown;
    }
    return form;
  }
  for (const char c : text)
    if (form.find(class_of(c)) == std::string::npos) form += class_of(c);
  std::sort(form.begin(), form.end());
  return level == 2 ? fmt::format("{}:{}", form, text.size()) : form;
}

}  // namespace fulcrum::data

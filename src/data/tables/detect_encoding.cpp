#include <algorithm>
#include <array>

#include "data/column_profile.h"
#include "data/tables/detector.h"

namespace fulcrum::data::tables {

namespace {

/// UTF-8 that was read as Latin-1 and written as UTF-8 again, replacement and control characters.
bool is_damaged(std::string_view value) {
  static constexpr std::array<std::string_view, 5> kTraces = {
      "\xEF\xBF\xBD", "\xC3\x83\xC2", "\xC3\xA2\xE2\x82\xAC", "\xC3\x82\xC2", "\xC3\xA2\xC2\x80"};
  for (const auto trace : kTraces)
    if (value.find(trace) != std::string_view::npos) return true;
  return std::any_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
}

}  // namespace

void detect_encoding(const DetectorInput& input, Evidence& evidence) {
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const Column& column = input.table.columns[i];
    std::size_t padded = 0;
    for (Code code = 0; code < column.distinct(); ++code)
      if (trim_unicode(column.value(code)).size() != column.value(code).size())
        padded += column.count(code);
    const bool rarely_padded = padded * 5 < column.rows();
    for (Code code = 0; code < column.distinct(); ++code) {
      if (column.count(code) == 0 || input.missing[i][code]) continue;
      const std::string_view value = column.value(code), trimmed = trim_unicode(value);
      if (is_damaged(value))
        evidence.values[i].push_back({code, evidence_for(0.8), kNoText, 0, kNoText});
      else if (trimmed.size() != value.size() && rarely_padded)
        evidence.values[i].push_back(
            {code, evidence_for(0.7), input.texts.add(trimmed), 0.9F, kNoText});
    }
  }
}

}  // namespace fulcrum::data::tables

#include "data/records/csv_rows.h"

#include <array>

namespace fulcrum::data {

namespace {

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

/// Past LF, CRLF or CR. A CR at the end of the bytes may be half of a line end: kAtEnd.
CsvEnd pass_line_end(std::string_view bytes, std::size_t& at) {
  if (bytes[at] == '\n') {
    ++at;
    return CsvEnd::kWhole;
  }
  if (++at == bytes.size()) return CsvEnd::kAtEnd;
  if (bytes[at] == '\n') ++at;
  return CsvEnd::kWhole;
}

/// `at` stands behind the opening quote; afterwards behind the closing one. False: there is none.
bool pass_quoted(std::string_view bytes, std::size_t& at, CsvField& field) {
  const std::size_t begin = at;
  for (;;) {
    const auto quote = bytes.find('"', at);
    if (quote == std::string_view::npos) return false;
    at = quote + 1;
    if (at < bytes.size() && bytes[at] == '"') {
      field.has_quotes = true;
      ++at;
      continue;
    }
    field.raw = bytes.substr(begin, quote - begin);
    return true;
  }
}

std::size_t line_end_from(std::string_view bytes, std::size_t at) {
  const auto end = bytes.find_first_of("\r\n", at);
  return end == std::string_view::npos ? bytes.size() : end;
}

}  // namespace

CsvEnd walk_csv_row(std::string_view bytes, char delimiter, std::size_t& at,
                    std::vector<CsvField>* fields) {
  if (fields) fields->clear();
  for (;; ++at) {  // past the delimiter
    CsvField field;
    if (at < bytes.size() && bytes[at] == '"') {
      field.is_quoted = true;
      if (!pass_quoted(bytes, ++at, field)) {
        at = bytes.size();
        return CsvEnd::kOpen;
      }
      if (at < bytes.size() && bytes[at] != delimiter && !is_line_end(bytes[at])) {
        at = line_end_from(bytes, at);
        if (at == bytes.size()) return CsvEnd::kBadQuote;
        pass_line_end(bytes, at);
        return CsvEnd::kBadQuote;
      }
    } else {
      const std::size_t begin = at;
      while (at < bytes.size() && bytes[at] != delimiter && !is_line_end(bytes[at])) ++at;
      field.raw = bytes.substr(begin, at - begin);
    }
    if (fields) fields->push_back(field);
    if (at == bytes.size()) return CsvEnd::kAtEnd;
    if (bytes[at] != delimiter) return pass_line_end(bytes, at);
  }
}

std::size_t cut_csv(std::string_view bytes, char delimiter) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto end = bytes.find('\n', at);
    if (end == std::string_view::npos) break;  // lone CRs are cut with the file's end
    if (bytes.substr(at, end - at).find('"') == std::string_view::npos) {
      at = end + 1;
      continue;
    }
    std::size_t after = at;
    const CsvEnd how = walk_csv_row(bytes, delimiter, after, nullptr);
    if (how == CsvEnd::kAtEnd || how == CsvEnd::kOpen || after == bytes.size()) {
      // What ends with the bytes may go on behind them, unless a line end was seen.
      if (how == CsvEnd::kWhole && bytes.back() == '\n') return after;
      break;
    }
    at = after;
  }
  return at;
}

char guess_csv_delimiter(std::string_view bytes) {
  constexpr std::string_view kDelimiters = ",;\t";
  std::array<std::size_t, kDelimiters.size()> counts{};
  bool quoted = false;
  for (const char c : bytes.substr(0, bytes.find_first_of("\r\n"))) {
    if (c == '"') quoted = !quoted;
    const auto which = kDelimiters.find(c);
    if (!quoted && which != std::string_view::npos) ++counts[which];
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < counts.size(); ++i)
    if (counts[i] > counts[best]) best = i;
  return kDelimiters[best];
}

std::string unquoted(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    out += raw[i];
    if (raw[i] == '"') ++i;
  }
  return out;
}

void append_csv_value(std::string_view value, char delimiter, std::string& out) {
  const bool plain = value.find(delimiter) == std::string_view::npos &&
                     value.find_first_of("\"\r\n") == std::string_view::npos;
  if (plain) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace fulcrum::data

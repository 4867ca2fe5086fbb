#include "data/versions/rows.h"

#include <algorithm>
#include <array>

namespace fulcrum::data::versions {

namespace {

constexpr std::array<std::string_view, 5> kTypeNames = {"none", "bool", "integer", "number",
                                                        "text"};

/// `at` on a quote: behind the closing one, npos when there is none.
std::size_t json_string_end(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    at = text.find_first_of("\"\\", at);
    if (at == std::string_view::npos) return at;
    if (text[at] == '"') return at + 1;
    ++at;  // what a backslash escapes
  }
  return std::string_view::npos;
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) ++at;
  return at;
}

/// Behind the value that begins at `at`.
std::size_t json_value_end(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = json_string_end(text, at);
      if (at == std::string_view::npos || depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    }
    if (depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r')) return at;
    ++at;
  }
  return depth == 0 ? at : std::string_view::npos;
}

CellType number_type(std::string_view text) {
  std::size_t at = text[0] == '-' || text[0] == '+' ? 1 : 0;
  std::size_t digits = 0, points = 0, exponents = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c >= '0' && c <= '9') {
      ++digits;
    } else if (c == '.' && points == 0 && exponents == 0) {
      ++points;
    } else if ((c == 'e' || c == 'E') && digits > 0 && exponents == 0 && at + 1 < text.size()) {
      ++exponents;
      if (text[at + 1] == '-' || text[at + 1] == '+') ++at;
      if (at + 1 == text.size()) return CellType::kText;
    } else {
      return CellType::kText;
    }
  }
  if (digits == 0) return CellType::kText;
  return points + exponents == 0 && digits <= 18 ? CellType::kInteger : CellType::kNumber;
}

}  // namespace

std::optional<std::string_view> take_record(std::string_view& bytes, Records records) {
  while (!bytes.empty()) {
    const std::size_t end = std::min(record_end(bytes, records), bytes.size());
    std::string_view record = bytes.substr(0, end);
    bytes.remove_prefix(end);
    if (record.ends_with('\n')) record.remove_suffix(1);
    if (record.ends_with('\r')) record.remove_suffix(1);
    if (!record.empty()) return record;
  }
  return std::nullopt;
}

bool split_csv(std::string_view record, char delimiter, std::vector<std::string_view>& fields) {
  fields.clear();
  std::size_t begin = 0;
  while (true) {
    std::size_t end = begin;
    if (end < record.size() && record[end] == '"') {
      for (++end;; end += 2) {
        end = record.find('"', end);
        if (end == std::string_view::npos) return false;
        if (end + 1 == record.size() || record[end + 1] != '"') break;
      }
      ++end;
      if (end < record.size() && record[end] != delimiter) return false;
    } else {
      end = std::min(record.find(delimiter, begin), record.size());
      if (record.substr(begin, end - begin).find('"') != std::string_view::npos) return false;
    }
    fields.push_back(record.substr(begin, end - begin));
    if (end == record.size()) return true;
    begin = end + 1;
  }
}

std::string csv_text(std::string_view field) {
  if (field.size() < 2 || field.front() != '"') return std::string(field);
  std::string text;
  for (std::size_t at = 1; at + 1 < field.size(); ++at) {
    text += field[at];
    if (field[at] == '"') ++at;
  }
  return text;
}

std::string csv_field(std::string_view text, char delimiter) {
  const char special[] = {delimiter, '"', '\n', '\r', '\0'};
  if (text.find_first_of(special) == std::string_view::npos) return std::string(text);
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + '"';
}

bool split_json(std::string_view record,
                std::vector<std::pair<std::string_view, std::string_view>>& members) {
  members.clear();
  std::size_t at = skip_space(record, 0);
  if (at == record.size() || record[at] != '{') return false;
  at = skip_space(record, at + 1);
  if (at < record.size() && record[at] == '}') return skip_space(record, at + 1) == record.size();
  while (at < record.size() && record[at] == '"') {
    const std::size_t name_end = json_string_end(record, at);
    if (name_end == std::string_view::npos) return false;
    const auto name = record.substr(at + 1, name_end - at - 2);
    at = skip_space(record, name_end);
    if (at == record.size() || record[at] != ':') return false;
    at = skip_space(record, at + 1);
    const std::size_t value_end = json_value_end(record, at);
    if (value_end == std::string_view::npos || value_end == at) return false;
    members.emplace_back(name, record.substr(at, value_end - at));
    at = skip_space(record, value_end);
    if (at == record.size()) return false;
    if (record[at] == '}') return skip_space(record, at + 1) == record.size();
    if (record[at] != ',') return false;
    at = skip_space(record, at + 1);
  }
  return false;
}

CellType wider(CellType a, CellType b) {
  if (a == CellType::kNone) return b;
  if (b == CellType::kNone || a == b) return a;
  if (a == CellType::kBool || b == CellType::kBool) return CellType::kText;
  return std::max(a, b);
}

CellType csv_type(std::string_view field) {
  if (field.empty() || field == "\"\"") return CellType::kNone;
  if (field.front() == '"') return CellType::kText;
  if (field == "true" || field == "false" || field == "True" || field == "False")
    return CellType::kBool;
  return number_type(field);
}

CellType json_type(std::string_view value) {
  switch (value.empty() ? 'n' : value.front()) {
    case 'n':
      return CellType::kNone;
    case 't':
    case 'f':
      return CellType::kBool;
    case '"':
    case '{':
    case '[':
      return CellType::kText;
    default:
      return number_type(value);
  }
}

std::string_view type_name(CellType type) {
  return kTypeNames[static_cast<std::size_t>(type)];
}

std::optional<CellType> type_of_name(std::string_view name) {
  for (std::size_t i = 0; i < kTypeNames.size(); ++i)
    if (kTypeNames[i] == name) return static_cast<CellType>(i);
  return std::nullopt;
}

}  // namespace fulcrum::data::versions

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "data/tables/detector.h"

namespace fulcrum::data::tables {

namespace {

constexpr double kCommon = 0.05, kRare = 0.01, kUncommon = 0.05;

using Patterns = std::unordered_map<std::string, std::size_t>;

Patterns patterns_of(const Column& column, const std::vector<bool>& missing,
                     std::string (*pattern_of)(std::string_view)) {
  Patterns rows;
  for (Code code = 0; code < column.distinct(); ++code)
    if (column.count(code) > 0 && !missing[code])
      rows[pattern_of(column.value(code))] += column.count(code);
  return rows;
}

/// How the column's usual patterns look.
struct Usual {
  double rows = 0, covered = 0, digits = 0;
  std::string classes;
};

Usual usual_of(const Patterns& patterns) {
  Usual usual;
  for (const auto& [pattern, rows] : patterns) usual.rows += static_cast<double>(rows);
  for (const auto& [pattern, rows] : patterns) {
    const auto weight = static_cast<double>(rows) / usual.rows;
    if (weight < kCommon) continue;
    usual.covered += weight;
    const auto digits = static_cast<double>(std::count(pattern.begin(), pattern.end(), '9'));
    usual.digits += weight * digits / std::max<double>(1, static_cast<double>(pattern.size()));
    for (const char c : pattern)
      if (usual.classes.find(c) == std::string::npos) usual.classes += c;
  }
  // Where there are letters, other scripts' letters and accents are no surprise.
  if (usual.classes.find_first_of("aA") != std::string::npos) usual.classes += 'w';
  return usual;
}

/// Patterns collapse runs, so prose has many; only a column of few patterns has rules to break. A
/// letter among digits or a digit among letters weighs more than a rare mark in a name.
double confidence_of(const Usual& usual, const std::string& pattern, std::size_t rows) {
  const double share = static_cast<double>(rows) / usual.rows;
  if (usual.covered < 0.9 || share >= kUncommon) return 0;
  double confidence = (0.4 + 5.5 * (usual.covered - 0.9)) * (share < kRare ? 1 : 0.85);
  bool is_new_class = false, is_alnum = false;
  for (const char c : pattern)
    if (usual.classes.find(c) == std::string::npos) {
      is_new_class = true;
      is_alnum = is_alnum || std::isalnum(static_cast<unsigned char>(c));
    }
  if (!is_new_class) confidence *= usual.digits > 0.3 ? 0.6 : 0.3;
  if (is_new_class && !is_alnum) confidence *= usual.digits > 0.3 ? 0.8 : 0.5;
  return confidence;
}

/// Codes of one length: zip codes, phone numbers.
double length_confidence(const Patterns& sized, const std::string& pattern, double total) {
  double most = 0;
  for (const auto& [one, rows] : sized) most = std::max(most, static_cast<double>(rows) / total);
  const double share = static_cast<double>(sized.at(pattern)) / total;
  return most >= 0.95 && share < kRare ? 0.85 * (most - 0.9) / 0.1 : 0;
}

}  // namespace

void detect_pattern(const DetectorInput& input, Evidence& evidence) {
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const Column& column = input.table.columns[i];
    const ColumnType& type = input.types[i];
    if (type.distinct < 3) continue;
    const Patterns patterns = patterns_of(column, input.missing[i], pattern_of);
    const Usual usual = usual_of(patterns);
    if (usual.rows < 20) continue;
    const Patterns sized =
        type.codes ? patterns_of(column, input.missing[i], sized_pattern_of) : Patterns{};
    for (Code code = 0; code < column.distinct(); ++code) {
      if (column.count(code) == 0 || input.missing[i][code]) continue;
      const std::string pattern = pattern_of(column.value(code));
      double confidence =
          type.is_number() && !type.codes ? 0 : confidence_of(usual, pattern, patterns.at(pattern));
      if (type.codes)
        confidence = std::max(
            confidence, length_confidence(sized, sized_pattern_of(column.value(code)), usual.rows));
      if (confidence > 0.03)
        evidence.values[i].push_back({code, evidence_for(confidence), kNoText, 0, kNoText});
    }
  }
}

}  // namespace fulcrum::data::tables

#include <algorithm>

#include "data/tables/detector.h"

namespace fulcrum::data::tables {

namespace {

double confidence_of_share(double share) {
  return share >= 0.98 ? 0.95 : share >= 0.95 ? 0.9 : share >= 0.9 ? 0.8 : 0.6;
}

/// A number whose unit is not the column's: a rare one is a mistake, one beside numbers without a
/// unit is another way of writing; two units that are both common may both be meant.
double unit_confidence(const ColumnType& type, const std::string& unit, double numbers) {
  if (unit == type.unit) return 0;
  const double share =
      static_cast<double>(type.units.count(unit) > 0 ? type.units.at(unit) : 1) / numbers;
  if (share < 0.02) return type.unit_share >= 0.8 ? 0.8 : 0.5;
  const bool is_mixed = unit.empty() != type.unit.empty();
  if (is_mixed && type.unit_share >= 0.6) return 0.6;
  return share < 0.05 ? 0.4 : 0.2;
}

bool is_of_kind(const ColumnType& type, std::string_view value) {
  switch (type.kind) {
    case Kind::kBoolean:
      return parse_boolean(value).has_value();
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDateTime:
      return parse_moment(value).has_value();
    default:
      return true;
  }
}

/// Dates among dates with a time, and the like.
double moment_confidence(const Column& column, const ColumnType& type, Code code,
                         const std::vector<std::size_t>& kinds) {
  const auto moment = parse_moment(column.value(code));
  const auto total = static_cast<double>(kinds[0] + kinds[1] + kinds[2]);
  const double share = static_cast<double>(kinds[static_cast<std::size_t>(moment->kind)]) / total;
  if (share > 0.3 || type.share < 0.8) return 0;
  return share < 0.05 ? 0.8 : 0.6;
}

void mark_numbers(const Column& column, const ColumnType& type, const std::vector<bool>& missing,
                  std::vector<Mark>& marks) {
  double numbers = 0;
  for (const auto& [unit, rows] : type.units) numbers += static_cast<double>(rows);
  for (Code code = 0; code < column.distinct(); ++code) {
    if (column.count(code) == 0 || missing[code]) continue;
    const auto quantity = parse_quantity(column.value(code));
    const double confidence = quantity ? unit_confidence(type, quantity->unit(), numbers)
                                       : confidence_of_share(type.share);
    if (confidence > 0) marks.push_back({code, evidence_for(confidence), kNoText, 0, kNoText});
  }
}

void mark_others(const Column& column, const ColumnType& type, const std::vector<bool>& missing,
                 std::vector<Mark>& marks) {
  std::vector<std::size_t> kinds(3, 0);
  if (type.is_moment())
    for (Code code = 0; code < column.distinct(); ++code)
      if (const auto moment = parse_moment(column.value(code)))
        kinds[static_cast<std::size_t>(moment->kind)] += column.count(code);
  for (Code code = 0; code < column.distinct(); ++code) {
    if (column.count(code) == 0 || missing[code]) continue;
    double confidence = 0;
    if (!is_of_kind(type, column.value(code)))
      confidence = confidence_of_share(type.share);
    else if (type.is_moment())
      confidence = moment_confidence(column, type, code, kinds);
    if (confidence > 0) marks.push_back({code, evidence_for(confidence), kNoText, 0, kNoText});
  }
}

}  // namespace

void detect_type(const DetectorInput& input, Evidence& evidence) {
  for (std::size_t i = 0; i < input.table.columns.size(); ++i) {
    const ColumnType& type = input.types[i];
    const bool is_numeric = type.is_number() || (type.kind == Kind::kId && type.codes);
    const auto mark = is_numeric ? mark_numbers : mark_others;
    mark(input.table.columns[i], type, input.missing[i], evidence.values[i]);
  }
}

}  // namespace fulcrum::data::tables

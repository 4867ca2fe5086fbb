#include "data/tables/column_type.h"

#include <array>

#include "data/column_profile.h"

namespace fulcrum::data::tables {

namespace {

constexpr double kMostly = 0.8;

/// Rows by what their values can be read as.
struct Tally {
  std::size_t filled = 0, integers = 0, numbers = 0, booleans = 0, grouped = 0;
  std::size_t dates = 0, times = 0, date_times = 0, leading_zeros = 0, spaced = 0, bytes = 0;
  std::map<std::size_t, std::size_t> digit_counts;  // of plain integers
};

void count_quantity(const Quantity& quantity, std::size_t rows, Tally& tally, ColumnType& type) {
  tally.numbers += rows;
  const bool is_plain = quantity.before.empty() && quantity.after.empty();
  if (quantity.decimals == 0) tally.integers += rows;
  if (quantity.leading_zero) tally.leading_zeros += rows;
  if (is_plain && quantity.decimals == 0) tally.digit_counts[quantity.digits.size()] += rows;
  if (type.units.size() < 1000 || type.units.count(quantity.unit()) > 0)
    type.units[quantity.unit()] += rows;
}

Tally tally_of(const Column& column, ColumnType& type) {
  Tally tally;
  for (Code code = 0; code < column.distinct(); ++code) {
    const std::size_t rows = column.count(code);
    if (rows == 0) continue;
    const std::string_view value = column.value(code);
    if (trim_unicode(value).empty()) {
      type.empty += rows;
      continue;
    }
    if (is_missing_word(value)) {
      type.placeholder += rows;
      continue;
    }
    tally.filled += rows;
    ++type.distinct;
    type.once += rows == 1;
    tally.bytes += value.size() * rows;
    if (value.find(' ') != std::string_view::npos) tally.spaced += rows;
    if (const auto moment = parse_moment(value)) {
      tally.dates += moment->kind == MomentKind::kDate ? rows : 0;
      tally.times += moment->kind == MomentKind::kTime ? rows : 0;
      tally.date_times += moment->kind == MomentKind::kDateTime ? rows : 0;
    } else if (const auto quantity = parse_quantity(value)) {
      count_quantity(*quantity, rows, tally, type);
    } else if (parse_boolean(value)) {
      tally.booleans += rows;
    }
  }
  return tally;
}

/// Is the text behind the numbers a unit? Few spellings, of which the commonest carry nearly all.
bool has_units(const ColumnType& type, std::size_t numbers) {
  if (type.units.empty()) return true;
  std::vector<std::size_t> counts;
  for (const auto& [unit, rows] : type.units) counts.push_back(rows);
  std::sort(counts.rbegin(), counts.rend());
  std::size_t covered = 0;
  for (std::size_t i = 0; i < counts.size() && i < 6; ++i) covered += counts[i];
  return static_cast<double>(covered) >= 0.9 * static_cast<double>(numbers);
}

void choose_unit(ColumnType& type, std::size_t numbers) {
  std::size_t best = 0;
  for (const auto& [unit, rows] : type.units)
    if (rows > best) {
      best = rows;
      type.unit = unit;
    }
  type.unit_share = numbers > 0 ? static_cast<double>(best) / static_cast<double>(numbers) : 1;
}

/// Whole numbers that name things: zip codes, phone numbers, provider ids.
bool are_codes(const ColumnType& type, const Tally& tally) {
  if (!type.unit.empty()) return false;
  if (tally.leading_zeros * 100 >= tally.numbers * 2) return true;
  std::size_t most = 0, length = 0;
  for (const auto& [digits, rows] : tally.digit_counts)
    if (rows > most) {
      most = rows;
      length = digits;
    }
  return length >= 4 && most * 100 >= tally.numbers * 97;
}

Kind text_kind(const ColumnType& type, const Tally& tally) {
  const auto distinct = static_cast<double>(type.distinct),
             filled = static_cast<double>(tally.filled);
  // Few values carry the rows; misspelt ones do not hide it.
  if (distinct - static_cast<double>(type.once) <= 0.1 * filled && distinct <= 0.25 * filled)
    return Kind::kCategory;
  const bool spaced = static_cast<double>(tally.spaced) >= 0.2 * filled;
  if (distinct >= 0.95 * filled && !spaced && static_cast<double>(tally.bytes) <= 64 * filled)
    return Kind::kId;
  return Kind::kText;
}

}  // namespace

std::string_view name_of(Kind kind) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "empty", "integer",   "decimal",  "boolean", "date",
      "time",  "date_time", "category", "text",    "id"};
  return kNames[static_cast<std::size_t>(kind)];
}

ColumnType type_of(const Column& column) {
  ColumnType type;
  const Tally tally = tally_of(column, type);
  if (tally.filled == 0) return type;
  const auto share = [&](std::size_t rows) {
    return static_cast<double>(rows) / static_cast<double>(tally.filled);
  };
  const std::size_t moments = tally.dates + tally.times + tally.date_times;
  if (share(tally.booleans) >= kMostly) {
    type.kind = Kind::kBoolean;
    type.share = share(tally.booleans);
  } else if (share(moments) >= kMostly) {
    type.kind = tally.dates * 2 >= moments   ? Kind::kDate
                : tally.times * 2 >= moments ? Kind::kTime
                                             : Kind::kDateTime;
    type.share = share(moments);
  } else if (share(tally.numbers) >= kMostly && has_units(type, tally.numbers)) {
    type.kind = tally.integers * 20 >= tally.numbers * 19 ? Kind::kInteger : Kind::kDecimal;
    type.share = share(tally.numbers);
    choose_unit(type, tally.numbers);
    type.codes = type.kind == Kind::kInteger && are_codes(type, tally);
    if (type.codes && type.distinct * 100 >= tally.filled * 98) type.kind = Kind::kId;
  } else {
    type.kind = text_kind(type, tally);
  }
  if (!type.is_number() && type.kind != Kind::kId) type.units.clear();
  return type;
}

std::vector<ColumnType> types_of(const Table& table) {
  std::vector<ColumnType> types;
  for (const Column& column : table.columns) types.push_back(type_of(column));
  return types;
}

std::vector<bool> missing_codes(const Column& column) {
  std::vector<bool> missing(column.distinct());
  for (Code code = 0; code < column.distinct(); ++code)
    missing[code] = is_missing_word(column.value(code));
  return missing;
}

}  // namespace fulcrum::data::tables

#pragma once
// What a column holds, told by its values: kind, unit, ways of writing nothing.
#include <map>
#include <string>
#include <vector>

#include "data/tables/table.h"
#include "data/tables/values.h"

namespace fulcrum::data::tables {

enum class Kind {
  kEmpty,
  kInteger,
  kDecimal,
  kBoolean,
  kDate,
  kTime,
  kDateTime,
  kCategory,
  kText,
  kId
};
std::string_view name_of(Kind kind);

struct ColumnType {
  Kind kind = Kind::kEmpty;
  /// Share of the filled rows whose value is of the kind (numbers, dates, booleans; else 1).
  double share = 1;
  /// The commonest unit of numbers and its share; "" for none.
  std::string unit;
  double unit_share = 1;
  std::map<std::string, std::size_t> units;  // rows by unit as written
  bool codes = false;     // integers that name things: leading zeros, or one length and no spread
  std::size_t empty = 0;  // rows with "" or spaces alone
  std::size_t placeholder = 0;  // rows with a word for nothing
  std::size_t distinct = 0;     // values that some filled row has
  std::size_t once = 0;         // of these, in one row

  bool is_number() const { return kind == Kind::kInteger || kind == Kind::kDecimal; }
  bool is_moment() const {
    return kind == Kind::kDate || kind == Kind::kTime || kind == Kind::kDateTime;
  }
};

/// A kind needs four fifths of the filled rows, so that errors do not hide it.
ColumnType type_of(const Column& column);
std::vector<ColumnType> types_of(const Table& table);

/// By code: is it empty or a word for nothing?
std::vector<bool> missing_codes(const Column& column);

}  // namespace fulcrum::data::tables

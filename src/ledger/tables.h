#pragma once
// Read models: small tables for lists, searches and scores, written in the same transaction as the
// events they come from, and disposable (`fulcrum ledger rebuild`).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "ledger/event.h"

namespace fulcrum::ledger {

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;
using Row = std::vector<Value>;  // one value per column, in the table's order

enum class ColumnType { kText, kInteger, kReal };
struct Column {
  std::string name;
  ColumnType type = ColumnType::kText;
};

/// The first `key_columns` columns are the primary key. Columns named in `indexed` get an index.
/// Names are lower case letters, digits and underscores; the table's name starts with its pillar's.
struct TableSpec {
  std::string name;
  std::vector<Column> columns;
  std::size_t key_columns = 1;
  std::vector<std::string> indexed = {};
};

/// Write side, inside one append. Sees its own writes. Not thread-safe.
class TableWriter {
 public:
  virtual ~TableWriter() = default;
  virtual void upsert(std::string_view table, Row row) = 0;
  virtual std::optional<Row> get(std::string_view table, const Row& key) = 0;
  virtual void erase(std::string_view table, const Row& key) = 0;
};

enum class Compare { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kPrefix };
struct Condition {
  std::string column;
  Compare compare = Compare::kEqual;
  Value value = nullptr;
};
struct Select {
  std::string table = {};
  std::vector<Condition> where = {};    // all must hold
  std::vector<std::string> order = {};  // column names; "-name" is descending; default: the key
  std::size_t limit = 1000;             // 0: no limit
  std::size_t offset = 0;
};

/// Read side; thread-safe; sees everything that is durable.
class TableReader {
 public:
  virtual ~TableReader() = default;
  /// Fails with `table.unknown` for a table or column that no read model declares.
  virtual base::Result<std::vector<Row>> select(const Select& select) const = 0;
  virtual base::Result<std::uint64_t> count(const Select& select) const = 0;
  /// The declared columns, or nullptr.
  virtual const TableSpec* spec(std::string_view table) const = 0;
};

/// Value helpers, tolerant of integer/real: the default when it is null or text.
std::int64_t as_integer(const Value& value);
double as_real(const Value& value);
std::string as_text(const Value& value);
base::json::value as_json(const Value& value);
/// {"column": value, …} in the table's order.
base::json::object row_as_json(const TableSpec& spec, const Row& row);

}  // namespace fulcrum::ledger

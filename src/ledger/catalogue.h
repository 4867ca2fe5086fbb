#pragma once
// The declared read models, how their values compare, and the rows as both backends keep them.
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/tables.h"

namespace fulcrum::ledger {

/// null < numbers (by value) < text (by bytes), as SQLite orders them. Below 0, 0 or above.
int compare_values(const Value& left, const Value& right);
/// A condition on a value; null fulfils no ordering condition.
bool holds(const Value& value, Compare compare, const Value& wanted);
/// The least text above every text with this prefix; empty when there is none.
std::string prefix_end(std::string_view prefix);

struct OrderTerm {
  std::size_t column = 0;
  bool descending = false;
};

/// Immutable after construction.
class Catalogue {
 public:
  explicit Catalogue(std::vector<TableSpec> specs);
  const std::vector<TableSpec>& specs() const { return specs_; }
  /// Position in specs(), or -1.
  int find(std::string_view table) const;
  /// Fails with `table.unknown`.
  base::Result<std::size_t> require(std::string_view table) const;
  /// Fails with `table.unknown`, naming table.column.
  static base::Result<std::size_t> column(const TableSpec& spec, std::string_view name);
  /// The terms asked for, then the key, so that every order is total.
  static base::Result<std::vector<OrderTerm>> order(const TableSpec& spec, const Select& select);
  /// As many values as columns, no NaN, no null in the key; a lone integer key is an integer.
  static void normalise(const TableSpec& spec, Row& row);
  static void normalise_key(const TableSpec& spec, Row& key);
  /// Equal exactly for keys that compare equal.
  static std::string key_text(const TableSpec& spec, const Row& row);
  /// Changes when a declaration changes.
  std::string fingerprint() const;

 private:
  std::vector<TableSpec> specs_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
};

}  // namespace fulcrum::ledger

#pragma once
// Rules that a table should keep: functional dependencies and denial constraints, as text.
//
// One rule a line; "#" begins a comment line. Two forms:
//   A, B ⇒ C                                  (also -> and =>) equal A and B mean equal C
//   t1&t2&EQ(t1.A,t2.A)&IQ(t1.C,t2.C)         no two rows may satisfy all predicates
//   t1&LT(t1.end,t1.begin)                    no row may
// Predicates: EQ, IQ (not equal), LT, LTE, GT, GTE over t1.COLUMN, t2.COLUMN and "text" or numbers.
// Order compares numbers where both are, else moments, else text.
#include <string>
#include <string_view>
#include <vector>

#include "data/tables/table.h"

namespace fulcrum::data::tables {

enum class Compare { kEqual, kUnequal, kLess, kLessEqual, kGreater, kGreaterEqual };

struct Operand {
  int tuple = 0;           // 1 or 2; 0 for a constant
  std::string text;        // column or constant
  std::size_t column = 0;  // after bind_rules()
};

struct Predicate {
  Compare compare = Compare::kEqual;
  Operand left, right;
};

struct Rule {
  std::string text;  // as written
  std::size_t line = 0;
  std::vector<Predicate> predicates;
  bool of_pairs = false;  // about two rows
};

/// lhs determines rhs.
struct Dependency {
  std::vector<std::size_t> lhs;
  std::size_t rhs = 0;
  bool given = false;
  auto operator<=>(const Dependency&) const = default;
};

/// Fails with `table.rule`, field "WHAT:line". Columns are not looked up.
base::Result<std::vector<Rule>> parse_rules(std::string_view text, std::string_view what);
/// Looks the columns up. Fails with `table.column`.
base::Status bind_rules(std::vector<Rule>& rules, const Table& table, std::string_view what);
/// The dependency that a bound rule states, if it is one: EQ on the same columns and one IQ.
std::optional<Dependency> dependency_of(const Rule& rule);
/// "A, B -> C".
std::string text_of(const Dependency& dependency, const Table& table);
/// In the denial-constraint form, so that it parses to the same again.
std::string text_of(const Rule& rule);

}  // namespace fulcrum::data::tables

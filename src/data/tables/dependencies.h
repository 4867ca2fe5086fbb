#pragma once
// Functional dependencies: how well the table keeps one, which ones it shows by itself, and what
// they say of each cell.
//
// Rows with equal lhs are a group. Two stories are weighed for each group. Dependent: it has one
// true value, each row shows it with probability 1 - error, else one of the column's other values.
// Independent: the group has several true values (a Chinese restaurant process with theta = 1;
// Ewens 1972, Aldous 1985). The share of independent groups and the error rate are learnt from all
// groups by expectation maximisation, so that a minority value that repeats counts as a second
// truth where such groups are common and as an error where they are not.
#include "data/tables/column_type.h"
#include "data/tables/evidence.h"
#include "data/tables/rules.h"

namespace fulcrum::data::tables {

/// Rows by their lhs values: those of group g are order[starts[g]] .. order[starts[g + 1] - 1].
/// Rows that lack an lhs value, and groups of one row, are left out.
struct Grouping {
  std::vector<std::uint32_t> order, starts{0};
  std::size_t groups() const { return starts.size() - 1; }
};
Grouping group_rows(const Table& table, const std::vector<std::size_t>& lhs,
                    const std::vector<std::vector<bool>>& missing);

struct DependencyFit {
  Dependency dependency;
  std::size_t support = 0;  // rows in groups of two and more
  std::size_t groups = 0;
  double agreement = 0;  // share of these rows whose value most of the other rows have
  double base = 0;       // the same if the lhs said nothing: share of the commonest value
  double g3 = 0;         // least share of rows to remove so that it holds (Kivinen & Mannila 1995)
  double error = 0.02;   // learnt
  double independent = 0;  // learnt share of groups with several truths
  /// What knowing the lhs is worth: 1 all, 0 nothing (Goodman & Kruskal's lambda, each row judged
  /// by the others only, so that a key is worth nothing).
  double strength() const { return base < 1 ? (agreement - base) / (1 - base) : 0; }
};

/// Looks at no more than `max_rows` rows, whole groups.
DependencyFit fit(const Dependency& dependency, const Grouping& grouping, const Table& table,
                  const std::vector<bool>& missing, std::size_t max_rows = 200'000);

/// Dependencies of one column on one other that the table shows, strongest first, at most six for a
/// column. Strict: strong, supported, and few groups with several truths. Loose: strong, but with
/// more exceptions than that; fitted as if they were given.
enum class Shown { kStrict, kLoose };
std::vector<DependencyFit> find_dependencies(const Table& table,
                                             const std::vector<ColumnType>& types,
                                             const std::vector<std::vector<bool>>& missing,
                                             std::vector<Grouping>& groupings,
                                             Shown which = Shown::kStrict);

/// What dependencies say of every cell, one against the other: a row that breaks several is
/// explained by as few wrong cells as can be. Where code -> product, product -> code and product ->
/// group are broken and code -> group is kept, it is the product.
class Votes {
 public:
  Votes(const Table& table, const std::vector<std::vector<bool>>& missing, TextPool& texts);
  void add(const DependencyFit& fit, const Grouping& grouping);
  void put(Evidence& evidence);

 private:
  struct Vote {
    float most_against = 0, against = 0, most_for = 0, for_it = 0, trust = 0;
    Code suggestion = kNoCode;
    TextId detail = kNoText;
  };
  /// What one dependency says of a row: evidence against its rhs.
  using Said = std::vector<std::int8_t>;

  void say(std::uint32_t row, double probability, Code suggestion, double trust);
  void explain();
  void explain_row(std::uint32_t row, std::vector<std::int8_t>& guilty);

  const Table& table_;
  const std::vector<std::vector<bool>>& missing_;
  TextPool& texts_;
  std::vector<std::vector<Vote>> votes_;  // by column and row; empty where nothing is said
  std::vector<Dependency> dependencies_;
  std::vector<Said> said_;
  TextId detail_ = kNoText;
};

}  // namespace fulcrum::data::tables

#pragma once
// What the factors read: the pillars' read models, by name. Tables and columns used:
//   data_quality            see data_quality.cpp
//   train_runs              run kind shuffled simulated facts seq
//   sched_allocations, sched_capacity, sched_jobs   see resource_efficiency.cpp
//   product_evidence        score factor metric value low high n method source simulated seq
//   product_targets         score factor metric value period_days seq
//   product_requirements    id weight gate due_us accepted accepted_seq dropped seq
//   product_gates           gate requirement passed simulated seq
//   product_checks          kind name passed simulated seq
//   product_feedback        rating task_success simulated seq
//   team_improvements       title simulated tried_us adopted_us seq
//   team_budgets            budget amount_usd spent_usd spent_simulated_usd seq
//   trust_audit             seq time_us actor what subject
// A table that nobody declares reads as empty: its factor is then not assessed.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/tables.h"
#include "score/factor.h"

namespace fulcrum::score {

/// One row with its columns' names; a column that is missing reads as null.
class RowView {
 public:
  RowView(const ledger::TableSpec* spec, ledger::Row row) : spec_(spec), row_(std::move(row)) {}
  std::string text(std::string_view column) const { return ledger::as_text(at(column)); }
  std::int64_t integer(std::string_view column) const { return ledger::as_integer(at(column)); }
  double real(std::string_view column) const { return ledger::as_real(at(column)); }
  bool flag(std::string_view column) const { return integer(column) != 0; }
  bool is_null(std::string_view column) const;
  std::optional<double> optional_real(std::string_view column) const;
  std::uint64_t seq() const { return static_cast<std::uint64_t>(integer("seq")); }

 private:
  const ledger::Value& at(std::string_view column) const;
  const ledger::TableSpec* spec_;
  ledger::Row row_;
};

struct Target {
  std::string metric;
  double value = 0;
  std::optional<double> period_days;
};

struct Scope {
  std::string dataset;        // empty: the one whose quality was recorded last
  std::int64_t as_of_us = 0;  // 0: the time of the ledger's last event
};

/// Reads for one assessment; valid as long as the reader. Nothing is cached.
class Evidence {
 public:
  Evidence(const ledger::TableReader& tables, Scope scope);

  const std::string& dataset() const { return scope_.dataset; }
  std::int64_t as_of_us() const { return scope_.as_of_us; }
  bool has(std::string_view table) const { return tables_.spec(table) != nullptr; }
  /// Rows that match, [] when the table is unknown. `limit` as in ledger::Select.
  std::vector<RowView> rows(ledger::Select select) const;
  std::int64_t count(ledger::Select select) const;
  std::optional<Target> target(std::string_view score, std::string_view factor) const;
  /// The newest product_evidence row of this factor and kind.
  std::optional<RowView> recorded(std::string_view score, std::string_view factor,
                                  bool simulated) const;
  /// "2026-10-31T09:30:00.000000Z member/ada quality.recorded dataset/shop"; "" when unknown.
  std::string event_line(std::uint64_t seq) const;
  /// The seq of a stream's newest event; 0 when it has none.
  std::uint64_t last_seq(const std::string& stream) const;

 private:
  const ledger::TableReader& tables_;
  Scope scope_;
};

/// The figure of a row that has value, low, high, n, method and seq. Without low and high the
/// interval is Wilson's for n.
Figure figure_of(const RowView& row, const std::string& line);
/// What evidence.record says of a factor whose value is in [0, 1] already.
Measured recorded_factor(const Evidence& evidence, std::string_view score, std::string_view factor);
/// Fills what `primary` lacks from `fallback`.
Measured first_of(Measured primary, Measured fallback);
/// Of each kind, real and simulated, the figure whose newest evidence is newer.
Measured newest_of(Measured a, Measured b);

}  // namespace fulcrum::score

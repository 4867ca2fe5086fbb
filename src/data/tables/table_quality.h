#pragma once
// The quality vector of a table (data/quality.h): accuracy from an audited sample of cells,
// completeness of its cells, relevance by a declared rule, timeliness of a date column.
#include "data/quality.h"
#include "data/tables/column_type.h"
#include "data/tables/detect.h"

namespace fulcrum::base {
class Random;
}

namespace fulcrum::data::tables {

struct AuditCell {
  std::uint32_t row = 0, column = 0, stratum = 0;
};
/// Which cells a person should judge so that a table's accuracy is known as exactly as `count`
/// judgements allow. Strata: findings of at least 0.9, other findings, all other cells. Half of the
/// cells are drawn in proportion to the strata's sizes, half in equal parts; each at random,
/// without replacement.
struct Audit {
  std::vector<AuditCell> cells;
  std::vector<std::int64_t> population;  // by stratum
};
Audit plan_audit(const Table& table, const Detection& detection, std::size_t count,
                 base::Random& random);
/// Share of right cells, from what was judged (`is_right` as audit.cells). The interval is the
/// middle 95 % of what the strata's posteriors (Jeffreys' prior) say together, by 4,000 seeded
/// draws. Nothing when a stratum with cells was not sampled.
std::optional<Estimate> audited_accuracy(const Audit& audit, const std::vector<bool>& is_right);

/// Accuracy from labels of whole rows drawn at random: cells of a row err together, so the interval
/// is Wilson's at the effective size (design effect by rows, Student's t). Nothing below 2 rows.
std::optional<Estimate> labelled_accuracy(const std::vector<Label>& labels);

struct QualityOptions {
  std::int64_t expected_rows = 0;  // 0: not declared
  std::string time_column;         // "": timeliness is not assessed
  double half_life_days = 0;
  std::optional<double> relevant_rows;  // rows that pass the declared rule
};
/// Accuracy as given; the rest is computed.
QualityVector quality_of(const Table& table, const std::vector<ColumnType>& types,
                         const QualityOptions& options, std::optional<Estimate> accuracy,
                         std::int64_t now_us);

}  // namespace fulcrum::data::tables

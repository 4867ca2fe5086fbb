#include <fmt/format.h>

#include "data/tables/check_kinds.h"
#include "data/tables/values.h"

namespace fulcrum::data::tables {

base::Status drift_validate(const CheckSettings& check) {
  if (check.column.empty()) return check_needs(check, "column");
  if (!check.psi && !check.ks) return check_needs(check, "psi or ks");
  return {};
}

void drift_observe(const CheckSettings& check, const Table& table, CheckState& state) {
  const auto at = table.find(check.column);
  state.rows += static_cast<std::int64_t>(table.rows());
  if (!at) {
    state.missing_columns[check.column] += static_cast<std::int64_t>(table.rows());
    return;
  }
  const Column& column = table.columns[*at];
  for (Code code = 0; code < column.distinct(); ++code) {
    const std::string_view value = column.value(code);
    if (is_missing_word(value)) continue;
    state.filled += column.count(code);
    if (const auto quantity = parse_quantity(value))
      state.histogram.add_number(quantity->number, column.count(code));
    else
      state.histogram.add_text(value, column.count(code));
  }
}

Verdict drift_judge(const CheckSettings& check, const CheckState& state,
                    const CheckContext& context) {
  Verdict verdict;
  if (!state.missing_columns.empty()) {
    verdict.outcome = Outcome::kFailed;
    verdict.detail = fmt::format("there is no column {}", check.column);
    return verdict;
  }
  if (!context.before || context.before->histogram.rows() == 0 || state.histogram.rows() == 0) {
    verdict.outcome = Outcome::kNotAssessed;
    verdict.detail = "there is nothing to compare with";
    return verdict;
  }
  const Histogram& before = context.before->histogram;
  const double psi = stability_index(before, state.histogram);
  const double ks = ks_distance(before, state.histogram);
  const bool failed = (check.psi && psi > *check.psi) || (check.ks && ks > *check.ks);
  verdict.outcome = failed ? Outcome::kFailed : Outcome::kPassed;
  verdict.value = check.psi ? psi : ks;
  verdict.expectation =
      check.psi ? fmt::format("psi <= {}", *check.psi) : fmt::format("ks <= {}", *check.ks);
  const double chance = ks_probability(ks, static_cast<double>(before.rows()),
                                       static_cast<double>(state.histogram.rows()));
  verdict.detail = fmt::format("psi {:.4f}, ks {:.4f} (by chance {:.3g})", psi, ks, chance);
  return verdict;
}

}  // namespace fulcrum::data::tables

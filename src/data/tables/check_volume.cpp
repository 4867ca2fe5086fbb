#include <fmt/format.h>

#include "data/tables/check_kinds.h"

namespace fulcrum::data::tables {

base::Status volume_validate(const CheckSettings& check) {
  if (!check.min && !check.max) return check_needs(check, "min or max");
  return {};
}

void volume_observe(const CheckSettings&, const Table& table, CheckState& state) {
  state.rows += static_cast<std::int64_t>(table.rows());
}

Verdict volume_judge(const CheckSettings& check, const CheckState& state, const CheckContext&) {
  Verdict verdict;
  verdict.value = static_cast<double>(state.rows);
  if (check.min) verdict.expectation = fmt::format(">= {}", *check.min);
  if (check.max) verdict.expectation += fmt::format("{}<= {}", check.min ? ", " : "", *check.max);
  const bool good =
      (!check.min || verdict.value >= *check.min) && (!check.max || verdict.value <= *check.max);
  verdict.outcome = good ? Outcome::kPassed : Outcome::kFailed;
  return verdict;
}

}  // namespace fulcrum::data::tables

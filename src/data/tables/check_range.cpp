#include "data/tables/check_kinds.h"
#include "data/tables/values.h"

namespace fulcrum::data::tables {

base::Status range_validate(const CheckSettings& check) {
  if (check.column.empty()) return check_needs(check, "column");
  if (!check.min && !check.max) return check_needs(check, "min or max");
  return {};
}

void range_observe(const CheckSettings& check, const Table& table, CheckState& state) {
  observe_values(check, table, state, [&](std::string_view value) {
    const auto quantity = parse_quantity(value);
    return quantity && (!check.min || quantity->number >= *check.min) &&
           (!check.max || quantity->number <= *check.max);
  });
}

Verdict range_judge(const CheckSettings& check, const CheckState& state, const CheckContext&) {
  return judge_share(check, state, state.bad, state.filled);
}

}  // namespace fulcrum::data::tables

#include "data/tables/check_kinds.h"

namespace fulcrum::data::tables {

base::Status nulls_validate(const CheckSettings& check) {
  if (check.column.empty()) return check_needs(check, "column");
  return {};
}

void nulls_observe(const CheckSettings& check, const Table& table, CheckState& state) {
  observe_values(check, table, state, [](std::string_view) { return true; });
}

Verdict nulls_judge(const CheckSettings& check, const CheckState& state, const CheckContext&) {
  const bool is_there = state.missing_columns.empty();
  return judge_share(check, state, is_there ? state.rows - state.filled : state.rows, state.rows);
}

}  // namespace fulcrum::data::tables

#include "data/tables/check_kinds.h"

namespace fulcrum::data::tables {

base::Status reference_validate(const CheckSettings& check) {
  if (check.column.empty()) return check_needs(check, "column");
  if (check.table.empty() || check.to.empty()) return check_needs(check, "table and to");
  return {};
}

void reference_observe(const CheckSettings& check, const Table& table, CheckState& state) {
  set_observe(check, table, state);  // load_references() put the other table's values there
}

Verdict reference_judge(const CheckSettings& check, const CheckState& state, const CheckContext&) {
  return judge_share(check, state, state.bad, state.filled);
}

}  // namespace fulcrum::data::tables

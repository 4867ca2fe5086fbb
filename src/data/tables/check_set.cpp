#include "data/tables/check_kinds.h"

namespace fulcrum::data::tables {

base::Status set_validate(const CheckSettings& check) {
  if (check.column.empty()) return check_needs(check, "column");
  if (check.values.empty()) return check_needs(check, "values");
  return {};
}

void set_observe(const CheckSettings& check, const Table& table, CheckState& state) {
  const std::unordered_set<std::string_view> allowed(check.values.begin(), check.values.end());
  observe_values(check, table, state,
                 [&](std::string_view value) { return allowed.count(value) > 0; });
}

Verdict set_judge(const CheckSettings& check, const CheckState& state, const CheckContext&) {
  return judge_share(check, state, state.bad, state.filled);
}

}  // namespace fulcrum::data::tables

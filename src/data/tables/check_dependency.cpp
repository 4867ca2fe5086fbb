#include <fmt/format.h>

#include "data/tables/check_kinds.h"

namespace fulcrum::data::tables {

base::Status dependency_validate(const CheckSettings& check) {
  if (check.columns.empty()) return check_needs(check, "columns");
  if (check.determines.empty()) return check_needs(check, "determines");
  return {};
}

void dependency_observe(const CheckSettings& check, const Table& table, CheckState& state) {
  const auto rows = static_cast<std::int64_t>(table.rows());
  state.rows += rows;
  std::vector<const Column*> columns;
  std::vector<std::string> names = check.columns;
  names.push_back(check.determines);
  for (const auto& name : names) {
    const auto at = table.find(name);
    if (!at) {
      state.missing_columns[name] += rows;
      return;
    }
    columns.push_back(&table.columns[*at]);
  }
  std::vector<std::vector<std::uint64_t>> hashes(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i)
    for (Code code = 0; code < columns[i]->distinct(); ++code)
      hashes[i].push_back(stable_hash(columns[i]->value(code), i + 1));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i + 1 < columns.size(); ++i)
      key = (key ^ hashes[i][columns[i]->codes[row]]) * 0x9E3779B97F4A7C15ULL;
    state.keys.add(key ^ (key >> 29), hashes.back()[columns.back()->codes[row]], 1);
  }
}

Verdict dependency_judge(const CheckSettings& check, const CheckState& state, const CheckContext&) {
  const bool is_there = state.missing_columns.empty();
  Verdict verdict =
      judge_share(check, state, is_there ? state.keys.minority() : state.rows, state.rows);
  if (state.keys.level() > 0)
    verdict.detail += fmt::format("; estimated from one key in {}", 1ULL << state.keys.level());
  return verdict;
}

}  // namespace fulcrum::data::tables

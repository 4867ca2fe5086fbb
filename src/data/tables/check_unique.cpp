#include <fmt/format.h>

#include "data/tables/check_kinds.h"

namespace fulcrum::data::tables {

base::Status unique_validate(const CheckSettings& check) {
  if (check.columns.empty()) return check_needs(check, "columns");
  return {};
}

void unique_observe(const CheckSettings& check, const Table& table, CheckState& state) {
  const auto rows = static_cast<std::int64_t>(table.rows());
  state.rows += rows;
  std::vector<std::vector<std::uint64_t>> hashes;  // by column and code
  std::vector<const Column*> columns;
  for (const auto& name : check.columns) {
    const auto at = table.find(name);
    if (!at) {
      state.missing_columns[name] += rows;
      return;
    }
    const Column& column = table.columns[*at];
    columns.push_back(&column);
    hashes.emplace_back();
    for (Code code = 0; code < column.distinct(); ++code)
      hashes.back().push_back(stable_hash(column.value(code), hashes.size()));
  }
  for (std::size_t row = 0; row < table.rows(); ++row) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < columns.size(); ++i)
      key = (key ^ hashes[i][columns[i]->codes[row]]) * 0x9E3779B97F4A7C15ULL;
    state.keys.add(key ^ (key >> 29), 0, 1);
  }
}

Verdict unique_judge(const CheckSettings& check, const CheckState& state, const CheckContext&) {
  const bool is_there = state.missing_columns.empty();
  Verdict verdict =
      judge_share(check, state, is_there ? state.keys.repeated() : state.rows, state.rows);
  if (state.keys.level() > 0)
    verdict.detail += fmt::format("; estimated from one key in {}", 1ULL << state.keys.level());
  return verdict;
}

}  // namespace fulcrum::data::tables

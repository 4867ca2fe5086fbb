#include <fmt/format.h>

#include "data/tables/check_kinds.h"
#include "data/tables/values.h"

namespace fulcrum::data::tables {

base::Failure check_needs(const CheckSettings& check, std::string_view member) {
  return base::usage("checks.settings", fmt::format("the check {} needs {}", check.check, member),
                     "checks", fmt::format("add {}", member));
}

void observe_values(const CheckSettings& check, const Table& table, CheckState& state,
                    const std::function<bool(std::string_view)>& good) {
  const auto at = table.find(check.column);
  const auto rows = static_cast<std::int64_t>(table.rows());
  state.rows += rows;
  if (!at) {
    state.filled += rows;
    state.bad += rows;
    state.missing_columns[check.column] += rows;
    return;
  }
  const Column& column = table.columns[*at];
  for (Code code = 0; code < column.distinct(); ++code) {
    const std::string_view value = column.value(code);
    if (column.count(code) == 0 || is_missing_word(value)) continue;
    state.filled += column.count(code);
    if (good(value)) continue;
    state.bad += column.count(code);
    state.add_sample(value);
  }
}

Verdict judge_share(const CheckSettings& check, const CheckState& state, std::int64_t bad,
                    std::int64_t of) {
  Verdict verdict;
  verdict.value = of > 0 ? static_cast<double>(bad) / static_cast<double>(of) : 0;
  verdict.expectation = fmt::format("<= {}", check.at_most);
  verdict.outcome = verdict.value <= check.at_most ? Outcome::kPassed : Outcome::kFailed;
  verdict.detail = fmt::format("{} of {}", bad, of);
  if (!state.missing_columns.empty())
    verdict.detail += fmt::format("; there is no column {}", state.missing_columns.begin()->first);
  if (!state.samples.empty()) verdict.detail += fmt::format("; such as {}", listed(state.samples));
  return verdict;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace fulcrum::data::tables

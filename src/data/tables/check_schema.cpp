#include <fmt/format.h>

#include "base/spelling.h"
#include "data/tables/check_kinds.h"
#include "data/tables/values.h"

namespace fulcrum::data::tables {

namespace {

constexpr std::string_view kKinds[] = {"integer", "decimal",   "boolean", "date",
                                       "time",    "date_time", "text",    "any"};

bool is_of(std::string_view kind, std::string_view value) {
  if (kind == "text" || kind == "any") return true;
  if (kind == "boolean") return parse_boolean(value).has_value() || value == "0" || value == "1";
  if (kind == "integer" || kind == "decimal") {
    const auto quantity = parse_quantity(value);
    return quantity && quantity->unit().empty() && (kind == "decimal" || quantity->decimals == 0);
  }
  const auto moment = parse_moment(value);
  if (!moment) return false;
  if (kind == "date") return moment->kind == MomentKind::kDate;
  if (kind == "time") return moment->kind == MomentKind::kTime;
  return moment->kind == MomentKind::kDateTime;
}

}  // namespace

base::Status schema_validate(const CheckSettings& check) {
  if (check.kinds.empty()) return check_needs(check, "kinds");
  for (const auto& [column, kind] : check.kinds)
    if (std::find(std::begin(kKinds), std::end(kKinds), kind) == std::end(kKinds))
      return base::usage("checks.settings", fmt::format("{} is no kind of column {}", kind, column),
                         "checks", "integer, decimal, boolean, date, time, date_time, text or any");
  return {};
}

void schema_observe(const CheckSettings& check, const Table& table, CheckState& state) {
  const auto rows = static_cast<std::int64_t>(table.rows());
  for (const auto& [name, kind] : check.kinds) {
    CheckSettings one = check;
    one.column = name;
    CheckState part;
    observe_values(one, table, part, [&](std::string_view value) { return is_of(kind, value); });
    state.filled += part.filled;
    state.bad += part.bad;
    for (const auto& sample : part.samples) state.add_sample(name + "=" + sample);
    if (!table.find(name)) state.missing_columns[name] += rows;
  }
  for (const Column& column : table.columns)
    if (check.closed && check.kinds.count(column.name) == 0)
      state.other_columns[column.name] += rows;
  state.rows += rows;
}

Verdict schema_judge(const CheckSettings& check, const CheckState& state, const CheckContext&) {
  Verdict verdict = judge_share(check, state, state.bad, state.filled);
  if (!state.other_columns.empty())
    verdict.detail +=
        fmt::format("; column {} is not expected", state.other_columns.begin()->first);
  if (!state.missing_columns.empty() || !state.other_columns.empty())
    verdict.outcome = Outcome::kFailed;
  return verdict;
}

}  // namespace fulcrum::data::tables

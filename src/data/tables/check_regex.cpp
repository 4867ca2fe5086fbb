#include <fmt/format.h>
#include <re2/re2.h>

#include "data/tables/check_kinds.h"

namespace fulcrum::data::tables {

base::Status regex_validate(const CheckSettings& check) {
  if (check.column.empty()) return check_needs(check, "column");
  if (check.pattern.empty()) return check_needs(check, "pattern");
  RE2::Options quiet;
  quiet.set_log_errors(false);
  const RE2 pattern(check.pattern, quiet);
  if (!pattern.ok())
    return base::usage("checks.settings",
                       fmt::format("{} is no pattern: {}", check.pattern, pattern.error()),
                       "checks", "RE2's syntax");
  return {};
}

void regex_observe(const CheckSettings& check, const Table& table, CheckState& state) {
  RE2::Options quiet;
  quiet.set_log_errors(false);
  const RE2 pattern(check.pattern, quiet);
  observe_values(check, table, state, [&](std::string_view value) {
    return RE2::FullMatch(re2::StringPiece(value.data(), value.size()), pattern);
  });
}

Verdict regex_judge(const CheckSettings& check, const CheckState& state, const CheckContext&) {
  return judge_share(check, state, state.bad, state.filled);
}

}  // namespace fulcrum::data::tables

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "data/tables/check_kinds.h"
#include "data/tables/values.h"

namespace fulcrum::data::tables {

base::Status freshness_validate(const CheckSettings& check) {
  if (check.column.empty()) return check_needs(check, "column");
  if (!check.max_age_days) return check_needs(check, "max_age_days");
  return {};
}

void freshness_observe(const CheckSettings& check, const Table& table, CheckState& state) {
  observe_values(check, table, state, [&](std::string_view value) {
    const auto moment = parse_moment(value);
    if (!moment || !moment->seconds || moment->kind == MomentKind::kTime) return false;
    const auto seconds = static_cast<std::int64_t>(*moment->seconds);
    state.latest = std::max(state.latest.value_or(seconds), seconds);
    return true;
  });
}

Verdict freshness_judge(const CheckSettings& check, const CheckState& state,
                        const CheckContext& context) {
  Verdict verdict;
  verdict.expectation = fmt::format("<= {} days", *check.max_age_days);
  if (!state.latest) {
    verdict.outcome = Outcome::kFailed;
    verdict.detail = fmt::format("no date can be read in {}", check.column);
    return verdict;
  }
  verdict.value =
      (static_cast<double>(context.now_us) / 1e6 - static_cast<double>(*state.latest)) / 86400;
  verdict.outcome = verdict.value <= *check.max_age_days ? Outcome::kPassed : Outcome::kFailed;
  verdict.detail = "latest " + base::iso_time(*state.latest * 1'000'000).substr(0, 19);
  return verdict;
}

}  // namespace fulcrum::data::tables

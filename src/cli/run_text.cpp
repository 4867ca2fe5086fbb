#include "cli/run_text.h"

#include <fmt/format.h>

#include "base/table.h"
#include "base/text.h"
#include "cli/run_report_text.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

std::string figure(const json::value& step, std::string_view name, int digits) {
  const double value = base::get_number(step, name, -1);
  return value < 0 ? "–" : fmt::format("{:.{}f}", value, digits);
}

int exit_code(const std::string& state) {
  if (state == "failed") return 1;
  if (state == "refused") return 3;
  return 0;
}

}  // namespace

void show_forecast(const json::value& forecast, const Session& session) {
  if (session.output.mode != OutputMode::kTable) return session.output.value(forecast);
  base::TableText table{.header = {base::text("run.step"), base::text("run.would"),
                                   base::text("run.expected_s"), base::text("report.usd")},
                        .rows = {},
                        .right_aligned = {false, false, true, true}};
  if (const auto* steps = base::find_path(forecast, "steps"); steps && steps->is_array())
    for (const auto& step : steps->get_array())
      table.rows.push_back(
          {base::get_string(step, "id"),
           base::text(base::get_bool(step, "cached") ? "run.cached" : "run.would_run"),
           figure(step, "expected_s", 1), figure(step, "expected_usd", 4)});
  fmt::print("{}", base::render(table));
}

int show_outcome(const json::value& outcome, const Session& session) {
  if (session.output.mode == OutputMode::kTable) {
    const auto* report = base::find_path(outcome, "report");
    fmt::print("\n{}", run_report_text(report ? *report : json::value(json::object{})));
  } else {
    session.output.value(outcome);
  }
  std::fflush(stdout);
  return exit_code(base::get_string(outcome, "state"));
}

}  // namespace fulcrum::cli

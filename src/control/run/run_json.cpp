#include "control/run/run_json.h"

namespace fulcrum::control {

namespace json = base::json;

json::object error_as_json(const base::Error& error) {
  return {
      {"code", error.code}, {"message", error.message}, {"field", error.field}, {"fix", error.fix}};
}

json::object step_as_json(const StepOutcome& step) {
  json::object object{
      {"id", step.id}, {"state", step.state}, {"cached", step.cached}, {"seconds", step.seconds}};
  if (!step.error.code.empty()) object["error"] = error_as_json(step.error);
  return object;
}

StepOutcome step_from_json(const json::value& step) {
  StepOutcome outcome{.id = base::get_string(step, "id"),
                      .state = base::get_string(step, "state"),
                      .cached = base::get_bool(step, "cached"),
                      .seconds = base::get_number(step, "seconds")};
  if (const auto* error = base::find_path(step, "error"))
    outcome.error = {
        .kind = outcome.state == "refused" ? base::ErrorKind::kRefused : base::ErrorKind::kFailed,
        .code = base::get_string(*error, "code"),
        .message = base::get_string(*error, "message"),
        .field = base::get_string(*error, "field"),
        .fix = base::get_string(*error, "fix")};
  return outcome;
}

json::object outcome_as_json(const RunOutcome& outcome) {
  json::array steps;
  for (const auto& step : outcome.steps) steps.push_back(step_as_json(step));
  const auto* scores = base::find_path(outcome.report, "scores");
  return {{"plan", outcome.plan},      {"run", outcome.run},
          {"state", outcome.state},    {"seconds", outcome.seconds},
          {"steps", std::move(steps)}, {"scores", scores ? *scores : json::value(nullptr)},
          {"report", outcome.report}};
}

json::object forecast_as_json(const std::vector<StepForecast>& forecasts) {
  const auto known = [](double value) {
    return value < 0 ? json::value(nullptr) : json::value(value);
  };
  json::array steps;
  for (const auto& step : forecasts)
    steps.push_back(json::object{{"id", step.id},
                                 {"cached", step.cached},
                                 {"expected_s", known(step.expected_s)},
                                 {"expected_usd", known(step.expected_usd)}});
  return {{"steps", std::move(steps)}};
}

}  // namespace fulcrum::control

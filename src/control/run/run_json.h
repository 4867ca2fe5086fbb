#pragma once
// A run's outcome as scripts see it: the last line of `run --json`, the end of a run's event
// stream. Both ways of running a plan show it with these functions.
#include "base/json.h"
#include "control/run/plan_runner.h"

namespace fulcrum::control {

/// {"id","state","cached","seconds"[,"error"]}
base::json::object step_as_json(const StepOutcome& step);
/// The inverse, without the report.
StepOutcome step_from_json(const base::json::value& step);

/// {"plan","run","state","seconds","steps","scores","report"}
base::json::object outcome_as_json(const RunOutcome& outcome);

/// {"steps":[{"id","cached","expected_s","expected_usd"}]}; null where a step never ran.
base::json::object forecast_as_json(const std::vector<StepForecast>& steps);

/// {"code","message","field","fix"}
base::json::object error_as_json(const base::Error& error);

}  // namespace fulcrum::control

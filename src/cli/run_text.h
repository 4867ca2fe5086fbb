#pragma once
// What `run` prints at its end, from the JSON that scripts get.
#include "base/json.h"
#include "cli/session.h"

namespace fulcrum::cli {

/// A dry run's {"steps":[…]}: a table for people.
void show_forecast(const base::json::value& forecast, const Session& session);

/// A run's outcome: the report for people, else the last line that scripts rely on. Returns the
/// exit code.
int show_outcome(const base::json::value& outcome, const Session& session);

}  // namespace fulcrum::cli

#pragma once
// The plans that run in this process, for whoever holds a home: several different ones at once, one
// run of a plan's name at a time.
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "control/engine/home.h"
#include "control/jobs/local_machine.h"
#include "control/run/plan_runner.h"
#include "control/run/run_news.h"

namespace fulcrum::control {

/// Thread-safe. The destructor interrupts what runs and waits for it.
class PlanRuns {
 public:
  virtual ~PlanRuns() = default;

  /// The id of the run, once it has one; an interrupted one goes on under its old id. When the same
  /// plan, with the same settings, runs already, that run's. Fails as check_plan() does, with
  /// `run.busy` (conflict: it runs with other settings), and with `run.closing`.
  virtual base::Result<std::string> start(const RunOptions& options) = 0;
  virtual base::Result<std::vector<StepForecast>> forecast(const RunOptions& options) = 0;
  /// What happens in a run: one that goes on, or one of the last that ended. `plan.unknown_run`.
  virtual base::Result<std::shared_ptr<RunNews>> follow(const std::string& run) = 0;
  /// Asks it to end soon and to leave everything resumable; nothing when it has ended.
  /// `plan.unknown_run`.
  virtual base::Status interrupt(const std::string& run) = 0;

  /// True: nothing runs, and nothing can be started any more.
  virtual bool close_when_idle() = 0;
  /// Interrupts all, waits for them; nothing can be started any more.
  virtual void close() = 0;
};

/// Both outlive it.
std::unique_ptr<PlanRuns> open_plan_runs(Home& home, LocalMachine& machine);

}  // namespace fulcrum::control

#pragma once
// What the runner writes to and reads from the ledger about plan runs.
#include <optional>
#include <string>

#include "control/engine/engine.h"
#include "control/run/step_context.h"
#include "plan/graph.h"

namespace fulcrum::control {

/// Thread-safe, as the engine is.
class PlanRecords {
 public:
  explicit PlanRecords(Engine& engine) : engine_(engine) {}

  /// A new run, or the one of the same plan and steps that a killed process left open; an open run
  /// with other steps, or without the refresh that is asked for, is closed as failed first.
  base::Result<std::string> open_run(const plan::Plan& plan, const plan::Graph& graph,
                                     const std::string& path, bool refresh);
  /// waiting, running, or how it ended in this open run.
  std::string step_state(const std::string& run, const std::string& step) const;
  base::Status start_step(const std::string& run, const std::string& step,
                          const std::string& identity);
  base::Status end_step(const std::string& run, const StepOutcome& outcome,
                        const FinishedStep& finished);
  base::Status end_run(const std::string& run, const std::string& state, double seconds,
                       base::json::value report = base::json::object{});
  /// A step's commands; each happens once however often this is called with the same key. A step
  /// that was killed between its commands and its end may measure anew: what was told first stays.
  base::Status commit(const std::vector<exec::StepCommand>& commands, const std::string& key);

  base::Result<std::optional<FinishedStep>> find_result(const std::string& identity);
  /// How long the step took when it last ran in a run of this plan; -1: never.
  base::Result<double> last_seconds(const std::string& plan, const std::string& step);

 private:
  base::Status send(const std::string& name, base::json::value body, std::string key = {});

  Engine& engine_;
};

}  // namespace fulcrum::control

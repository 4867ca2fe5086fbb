#pragma once
// One step of a plan run: identity, cache, work, outputs, record.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "control/run/plan_records.h"
#include "control/run/plan_runner.h"
#include "control/run/services.h"
#include "control/run/step_context.h"

namespace fulcrum::control {

/// Thread-safe: several steps run at once.
class StepRunner {
 public:
  StepRunner(RunSurroundings& surroundings, const CheckedPlan& checked, PlanRecords& records,
             Services& services, std::string plan_folder, bool refresh);

  /// Blocks until the step ended. Never fails: a failure is the outcome's state and error.
  std::pair<StepOutcome, FinishedStep> run(const std::string& run, const plan::Step& step,
                                           const std::map<std::string, FinishedStep>& finished,
                                           RunObserver& observer);

 private:
  base::Result<StepEnding> work(const std::string& run, const plan::Step& step,
                                const std::string& identity,
                                const std::map<std::string, FinishedStep>& finished,
                                RunObserver& observer);
  base::Result<StepEnding> run_job(const StepContext& context, RunObserver& observer);
  base::Result<std::map<std::string, std::string>> bring_inputs(
      const plan::Step& step, const std::map<std::string, FinishedStep>& finished);
  base::json::value fill_variables(const plan::Step& step, const std::string& work_folder,
                                   const std::map<std::string, std::string>& inputs);
  std::string work_folder(const std::string& identity) const;
  /// The known result, or the right to make it; a step that fetches gets both.
  base::Result<std::optional<FinishedStep>> find_or_enter(const std::string& identity,
                                                          std::set<std::string> inputs,
                                                          bool fetches, StepGate::Pass& pass);
  static std::set<std::string> inputs_of(const plan::Step& step,
                                         const std::map<std::string, FinishedStep>& finished);

  RunSurroundings& surroundings_;
  const CheckedPlan& checked_;
  PlanRecords& records_;
  Services& services_;
  std::string plan_folder_;
  bool refresh_;
};

/// Hash of all that decides the step's result (plan/graph.h), with outside files looked at.
std::string identity_of(const plan::Plan& plan, const plan::Step& step,
                        const std::map<std::string, FinishedStep>& finished,
                        const std::string& plan_folder);

/// The environment of every process that a plan starts: PATH, language, home; no secrets.
std::map<std::string, std::string> child_environment(const RunSurroundings& surroundings);

/// Where in the plan a step kind's own field stands: "source.path" of collect.clicks is
/// "sources.clicks.path".
std::string plan_path(const CheckedPlan& checked, const plan::Step& step, std::string field);

/// Lets each step kind check its settings before anything runs; errors are located in the file.
base::Status check_step_settings(const CheckedPlan& checked);

}  // namespace fulcrum::control

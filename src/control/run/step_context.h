#pragma once
// What a step that runs inside the runner (gates, registration, waits) may use.
#include <functional>
#include <map>
#include <string>

#include "control/run/plan_runner.h"
#include "control/run/services.h"
#include "exec/step.h"
#include "plan/types.h"

namespace fulcrum::control {

/// A finished earlier step, as later ones see it.
struct FinishedStep {
  std::string state;
  std::string identity;
  double seconds = 0;
  std::map<std::string, plan::Output> outputs;
  base::json::value report = base::json::object{};
};

struct StepContext {
  RunSurroundings& surroundings;
  const plan::Plan& plan;
  const plan::Step& step;
  const std::string& run;
  const std::string& identity;
  std::string plan_folder;
  std::string work_folder;
  base::json::value settings;                    // run-time values filled in
  std::map<std::string, std::string> inputs;     // name -> absolute path
  std::map<std::string, FinishedStep> finished;  // every earlier step, by id
  std::function<void(std::int64_t done, std::int64_t total, const std::string& what)> progress;
};

/// How a step ended when it did not fail.
struct StepEnding {
  exec::StepResult result;
  std::string state = "done";  // or refused, need_more_data
  base::Error reason;          // when refused
};

using InsideStep = base::Result<StepEnding> (*)(StepContext& context);

base::Result<StepEnding> declare_product(StepContext& context);  // plan.declare
base::Result<StepEnding> evaluate_gates(StepContext& context);   // plan.gates
base::Result<StepEnding> register_models(StepContext& context);  // plan.register
base::Result<StepEnding> gather_evidence(StepContext& context);  // plan.evidence
base::Result<StepEnding> wait_for_labels(StepContext& context);  // label.wait
base::Result<StepEnding> watch_canary(StepContext& context);     // release.canary

}  // namespace fulcrum::control

#pragma once
// Brings the world to the state that a plan describes: step after step, as jobs in the scheduler,
// each recorded in the ledger; a step whose identity has a result is not run again.
#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "control/engine/engine.h"
#include "control/jobs/step_jobs.h"
#include "control/run/step_gate.h"
#include "exec/executor.h"
#include "objects/store.h"
#include "plan/document.h"
#include "plan/graph.h"

namespace fulcrum::control {

struct RunOptions {
  std::string plan_path;    // as the user gave it; messages show it so
  std::string folder = {};  // where a relative one starts; empty: where this process is
  std::optional<std::string> text = {};  // the plan itself: no file is read
  std::vector<std::string> overrides;    // "key=value"
  bool refresh = false;                  // fetch sources again
};

struct StepOutcome {
  std::string id;
  std::string state = "waiting";  // or running, done, failed, refused, need_more_data
  bool cached = false;
  double seconds = 0;
  base::json::value report = base::json::object{};
  base::Error error = {};  // when failed or refused
};

struct RunOutcome {
  std::string run;
  std::string plan;
  std::string state;  // done, failed, refused, need_more_data
  double seconds = 0;
  std::vector<StepOutcome> steps;  // in the graph's order
  base::json::value report;        // run_report.h
};

/// Told what happens, from the runner's threads, one call at a time.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void planned(const std::string& /*run*/, const std::string& /*plan*/,
                       const std::vector<std::string>& /*steps*/) {}
  virtual void started(const std::string& /*step*/) {}
  virtual void progressed(const std::string& /*step*/, std::int64_t /*done*/,
                          std::int64_t /*total*/, const std::string& /*what*/) {}
  virtual void ended(const StepOutcome&) {}
};

/// What the runner works with; all of it outlives the run. Thread-safe parts.
struct RunSurroundings {
  Engine& engine;
  objects::Store& objects;
  StepGate& gate;
  exec::Executor& executor;  // for services and for the processes of a canary
  StepJobs& jobs;
  std::string home;
  std::string programs;  // folder of fulcrum and fulcrum-train
  const base::Clock& clock;
  const std::atomic<bool>& interrupted;  // set by a signal: stop soon, leave things resumable
};

/// Reads and checks a plan with its overrides: everything that can be wrong before it runs,
/// located in the file.
struct CheckedPlan {
  plan::Document document;
  plan::Plan plan;
  plan::Graph graph;
  std::string folder;  // of the plan, absolute: where relative paths in it start
};
base::Result<CheckedPlan> check_plan(const RunOptions& options);

/// Runs it. Fails only when nothing could be run (ledger unwritable, `run.interrupted`); a step
/// that fails is part of the outcome. One run of a plan's name at a time; different plans may run
/// at once with the same surroundings, each with a flag of its own.
base::Result<RunOutcome> run_plan(RunSurroundings surroundings, CheckedPlan checked, bool refresh,
                                  RunObserver& observer);

/// What run_plan() would do, without doing it.
struct StepForecast {
  std::string id;
  bool cached = false;
  double expected_s = -1;  // from its last run; -1: never run
  double expected_usd = -1;
};
base::Result<std::vector<StepForecast>> forecast_plan(Engine& engine, const CheckedPlan& checked,
                                                      bool refresh);

}  // namespace fulcrum::control

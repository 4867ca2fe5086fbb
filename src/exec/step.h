#pragma once
// The contract between the plan runner and a job that carries out one step. The runner writes a
// spec file and starts `fulcrum step SPEC` or `fulcrum-train step SPEC`; the job works inside its
// folder, reports progress, and leaves result.json. It never writes to the ledger: the commands in
// its result are committed by the runner, once, together with the step's end.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::exec {

struct StepSpec {
  std::string step;                           // id in the plan: "collect.clicks"
  std::string kind;                           // which function: "data.collect"
  base::json::value settings;                 // object, as in the plan, variables filled in
  std::map<std::string, std::string> inputs;  // name -> absolute path of a file or folder
  std::string work_folder;                    // absolute; may hold what a killed attempt left
  std::uint64_t seed = 0;
};

struct StepCommand {
  std::string name;        // "dataset.commit"
  base::json::value body;  // object
};

struct StepResult {
  std::map<std::string, std::string> outputs;  // name -> path relative to the work folder
  base::json::object report;                   // figures for people and for scores
  std::vector<StepCommand> commands;           // to be committed with the step's end
};

/// Appends to progress.jsonl in the work folder; cheap (at most ten lines a second are written).
class StepProgress {
 public:
  virtual ~StepProgress() = default;
  /// `total` 0: unknown. `what` is a short noun phrase: "rows", "epoch 3 of 20, loss 4.1".
  virtual void at(std::int64_t done, std::int64_t total, std::string_view what) = 0;
};

/// Must be resumable: called again with the same spec after a kill at any moment, it ends with the
/// same outputs.
using StepFunction = base::Result<StepResult> (*)(const StepSpec& spec, StepProgress& progress);

struct StepKind {
  std::string_view kind;
  std::string_view summary;
  StepFunction function;
};

/// What a step kind says of its settings before anything runs: no input is looked at, nothing is
/// opened. An error's field is a path inside the settings (`recipe.model.heads`). A pillar offers
/// its own in `std::vector<exec::StepCheck> step_checks()`; a kind without one accepts anything.
struct StepCheck {
  std::string_view kind;
  base::Status (*check)(const base::json::value& settings);
};

/// The main of a step job: reads the spec, runs the function, writes result.json (or error.json)
/// atomically into the work folder; returns the process's exit code (0, 1, 2, 3).
int run_step(const std::string& spec_path, const std::vector<StepKind>& kinds);

/// The runner's side.
base::Status write_step_spec(const std::string& path, const StepSpec& spec);
/// The result, or the failure that the job reported. `step.no_result` when it left neither.
base::Result<StepResult> read_step_result(const std::string& work_folder);
/// Newest progress line ({"done","total","what","time_us"}), null when there is none.
base::json::value read_step_progress(const std::string& work_folder);

}  // namespace fulcrum::exec

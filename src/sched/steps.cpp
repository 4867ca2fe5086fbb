#include "sched/steps.h"

#include "base/files.h"
#include "exec/machine.h"
#include "sched/assess.h"
#include "sched/compare.h"

namespace fulcrum::sched {

namespace {

base::Result<exec::StepResult> step_compare(const exec::StepSpec& spec,
                                            exec::StepProgress& progress) {
  TRY(base::json::object comparison, compare_from(spec.settings));
  CHECK_OK(
      base::write_file(spec.work_folder + "/comparison.json", base::to_pretty_text(comparison)));
  progress.at(1, 1, "policies compared");
  exec::StepResult result;
  result.outputs["comparison"] = "comparison.json";
  result.report = std::move(comparison);
  return result;
}

base::Result<exec::StepResult> step_assess(const exec::StepSpec& spec,
                                           exec::StepProgress& progress) {
  const exec::Machine machine = exec::inspect_machine();
  progress.at(0, 1, "measuring");
  base::json::object assessment = assessment_body(machine, exec::measure_speed(machine.cores));
  CHECK_OK(
      base::write_file(spec.work_folder + "/assessment.json", base::to_pretty_text(assessment)));
  progress.at(1, 1, "measured");
  exec::StepResult result;
  result.outputs["assessment"] = "assessment.json";
  result.commands.push_back({"node.assess", assessment});
  result.report = std::move(assessment);
  return result;
}

}  // namespace

std::vector<exec::StepKind> step_kinds() {
  return {
#define STEP(function, kind, summary) {kind, summary, function},
#include "sched/steps.def"
#undef STEP
  };
}

std::vector<exec::StepCheck> step_checks() {
  return {{"sched.compare", check_compare}};
}

}  // namespace fulcrum::sched

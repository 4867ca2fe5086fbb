#pragma once
// The steps that `fulcrum-train step` carries out.
#include "exec/step.h"

namespace fulcrum::train {

#define STEP(function, kind, summary) \
  base::Result<exec::StepResult> function(const exec::StepSpec& spec, exec::StepProgress& progress);
#include "train/torch/steps.def"
#undef STEP

std::vector<exec::StepKind> step_kinds();

}  // namespace fulcrum::train

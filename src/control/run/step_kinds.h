#pragma once
// The one list of step kinds that `fulcrum step` can run (step_kinds.def). Kinds that need libtorch
// belong to fulcrum-train instead.
#include <vector>

#include "exec/step.h"

namespace fulcrum::control {

std::vector<exec::StepKind> all_step_kinds();
/// The settings checks of every pillar, also of kinds that belong to fulcrum-train.
std::vector<exec::StepCheck> all_step_checks();

}  // namespace fulcrum::control

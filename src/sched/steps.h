#pragma once
// The scheduler's step kinds (steps.def).
#include <vector>

#include "exec/step.h"

namespace fulcrum::sched {

std::vector<exec::StepKind> step_kinds();
/// What a plan says of them, checked before anything runs.
std::vector<exec::StepCheck> step_checks();

}  // namespace fulcrum::sched

#pragma once
// The scheduler's step kinds (steps.def).
#include <vector>

#include "exec/step.h"

namespace fulcrum::sched {

std::vector<exec::StepKind> step_kinds();

}  // namespace fulcrum::sched

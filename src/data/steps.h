#pragma once
// What `fulcrum step` can run of this module. Settings and outputs: README.md.
#include <vector>

#include "data/fetcher.h"
#include "exec/step.h"

namespace fulcrum::data {

std::vector<exec::StepKind> step_kinds();
/// What a plan says of them, checked before anything runs (step_checks.cpp).
std::vector<exec::StepCheck> step_checks();

#define STEP(function, kind, summary) \
  base::Result<exec::StepResult> function(const exec::StepSpec& spec, exec::StepProgress& progress);
#include "data/steps.def"
#undef STEP

/// step_collect with its ports handed in.
base::Result<exec::StepResult> collect(const exec::StepSpec& spec, exec::StepProgress& progress,
                                       Fetcher& fetcher, Waiter& waiter);

}  // namespace fulcrum::data

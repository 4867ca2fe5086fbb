#pragma once
// What a plan says of training, checked before anything runs and without libtorch: the steps
// themselves are in torch/, in another program.
#include <string_view>
#include <vector>

#include "exec/step.h"

namespace fulcrum::train {

std::vector<exec::StepCheck> step_checks();

/// The figures of a training that a gate can ask for: "ndcg_at_10", "p95_ms", …
const std::vector<std::string_view>& gate_metrics();

}  // namespace fulcrum::train

#include "train/torch/steps.h"

namespace fulcrum::train {

std::vector<exec::StepKind> step_kinds() {
  return {
#define STEP(function, kind, summary) {kind, summary, function},
#include "train/torch/steps.def"
#undef STEP
  };
}

}  // namespace fulcrum::train

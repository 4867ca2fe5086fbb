#include "data/steps.h"

namespace fulcrum::data {

std::vector<exec::StepKind> step_kinds() {
  return {
#define STEP(function, kind, summary) {kind, summary, function},
#include "data/steps.def"
#undef STEP
  };
}

}  // namespace fulcrum::data

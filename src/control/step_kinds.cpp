#include "control/step_kinds.h"

namespace fulcrum {

#define STEPS(name)                             \
  namespace name {                              \
  std::vector<exec::StepKind> step_kinds();     \
  }
#include "control/step_kinds.def"
#undef STEPS

namespace control {

std::vector<exec::StepKind> all_step_kinds() {
  std::vector<exec::StepKind> kinds;
#define STEPS(name) \
  for (auto& kind : name::step_kinds()) kinds.push_back(kind);
#include "control/step_kinds.def"
#undef STEPS
  return kinds;
}

}  // namespace control
}  // namespace fulcrum

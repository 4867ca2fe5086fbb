#include "control/run/step_kinds.h"

namespace fulcrum {

#define STEPS(name)                         \
  namespace name {                          \
  std::vector<exec::StepKind> step_kinds(); \
  }
#define CHECKS(name)                          \
  namespace name {                            \
  std::vector<exec::StepCheck> step_checks(); \
  }
#include "control/run/step_kinds.def"

namespace control {

std::vector<exec::StepKind> all_step_kinds() {
  std::vector<exec::StepKind> kinds;
#define STEPS(name) \
  for (auto& kind : name::step_kinds()) kinds.push_back(kind);
#include "control/run/step_kinds.def"
  return kinds;
}

std::vector<exec::StepCheck> all_step_checks() {
  std::vector<exec::StepCheck> checks;
#define CHECKS(name) \
  for (auto& check : name::step_checks()) checks.push_back(check);
#include "control/run/step_kinds.def"
  return checks;
}

}  // namespace control
}  // namespace fulcrum

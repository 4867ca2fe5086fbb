// Step kinds check their part of the plan before anything runs.
#include "base/codec.h"
#include "control/step_runner.h"
#include "release/policy.h"

namespace fulcrum::control {

base::Status check_step_settings(const CheckedPlan& checked) {
  if (checked.plan.release) {
    auto policy = base::decode<release::Policy>(checked.plan.release->policy, "release.policy");
    if (!policy) return base::Failure(plan::locate(checked.document, policy.error()));
  }
  return {};
}

}  // namespace fulcrum::control

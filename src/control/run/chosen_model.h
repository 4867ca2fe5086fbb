#pragma once
// Which trained model goes on: the best validation score among the seeds.
#include <string>

#include "base/result.h"
#include "control/run/step_context.h"

namespace fulcrum::control {

struct ModelVersion {
  std::string step;     // that made it
  std::string version;  // "train-1a2b3c4d5e6f", from the content's hash
  std::string folder;   // absolute, what `fulcrum-train serve` loads
  std::string kind;     // "transformer", "popularity", …
};

/// Among the step's inputs that are trainings. `plan.model` when there is none.
base::Result<ModelVersion> chosen_candidate(const StepContext& context);
/// The other arm of the canary: what the registry has as stable; before there is any, what the plan
/// says: a baseline, or the candidate's own model again under another version.
base::Result<ModelVersion> other_arm(const StepContext& context, const ModelVersion& candidate);
/// Is this version the registry's stable one?
base::Result<bool> is_stable(const StepContext& context, const ModelVersion& model);
/// Body of model.register for one of them. Its first artifact is a manifest of the model's folder,
/// from which a later plan brings it back.
base::Result<base::json::object> registration_of(const StepContext& context,
                                                 const ModelVersion& model);

}  // namespace fulcrum::control

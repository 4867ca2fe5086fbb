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
/// A step's identity with what its result takes from the registry. Of all steps only the canary's
/// verdict depends on it: it compares with the version that was stable when the step began. That
/// version is therefore part of its identity: when another plan has released since, the cached
/// verdict is about a comparison that nobody would make today. Where the step's own release made
/// the present version stable, the one before counts, so that a second run finds the first one's
/// verdict. Registering needs nothing of this: once a model has a stable version it always has one,
/// and registering the same again changes nothing.
base::Result<std::string> identity_in_registry(Engine& engine, const plan::Plan& plan,
                                               const plan::Step& step, std::string identity);
/// Names of the releases that a canary step of this identity starts: the canary, and the one that
/// lets the best validation score out where it cannot tell.
std::string canary_release(const std::string& identity);
std::string first_release(const std::string& identity);
/// Body of model.register for one of them. Its first artifact is a manifest of the model's folder,
/// from which a later plan brings it back.
base::Result<base::json::object> registration_of(const StepContext& context,
                                                 const ModelVersion& model);

}  // namespace fulcrum::control

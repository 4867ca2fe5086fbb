// The registry: the trained model as a candidate, and what it will be compared with.
#include "control/chosen_model.h"

namespace fulcrum::control {

namespace json = base::json;

base::Result<StepEnding> register_models(StepContext& context) {
  TRY(const ModelVersion candidate, chosen_candidate(context));
  TRY(const ModelVersion other, other_arm(context, candidate));
  StepEnding ending;
  auto& commands = ending.result.commands;
  commands.push_back({"model.register", registration_of(context, candidate)});
  commands.push_back({"model.register", registration_of(context, other)});
  const plan::Release& release = *context.plan.release;
  // What runs now was released before this plan knew of it: the ledger is told so once.
  TRY(const json::value stable,
      context.surroundings.engine.query(
          "model.list", json::object{{"model", release.model}, {"stage", "stable"}},
          "service/runner", ledger::Role::kService));
  const auto* models = base::find_path(stable, "models");
  const bool none_yet = !models || !models->is_array() || models->get_array().empty();
  if (none_yet && !release.first_release)
    commands.push_back({"release.baseline",
                        json::object{{"release", "declared-" + context.identity.substr(0, 12)},
                                     {"model", release.model},
                                     {"metric", "ndcg_at_10"},
                                     {"versions", json::array{json::string(other.version)}}}});
  ending.result.report = json::object{{"candidate", candidate.version}, {"other", other.version},
                                      {"from_step", candidate.step}};
  return ending;
}

}  // namespace fulcrum::control

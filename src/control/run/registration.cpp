// The registry: the trained model as a candidate, and what it will be compared with.
#include "control/run/chosen_model.h"

namespace fulcrum::control {

namespace json = base::json;

base::Result<StepEnding> register_models(StepContext& context) {
  TRY(const ModelVersion candidate, chosen_candidate(context));
  TRY(const ModelVersion other, other_arm(context, candidate));
  StepEnding ending;
  auto& commands = ending.result.commands;
  TRY(json::object candidate_body, registration_of(context, candidate));
  commands.push_back({"model.register", std::move(candidate_body)});
  if (!other.step.empty()) {  // not in the registry yet
    TRY(json::object other_body, registration_of(context, other));
    commands.push_back({"model.register", std::move(other_body)});
  }
  const plan::Release& release = *context.plan.release;
  // What runs now was released before this plan knew of it: the ledger is told so once.
  if (!other.step.empty() && !release.first_release)
    commands.push_back(
        {"release.baseline", json::object{{"release", "declared-" + context.identity.substr(0, 12)},
                                          {"model", release.model},
                                          {"metric", "ndcg_at_10"},
                                          {"versions", json::array{json::string(other.version)}}}});
  ending.result.report = json::object{
      {"candidate", candidate.version}, {"other", other.version}, {"from_step", candidate.step}};
  return ending;
}

}  // namespace fulcrum::control

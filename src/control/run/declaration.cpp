// What a plan declares about its product, told to the pillars that keep it.
#include "base/clock.h"
#include "base/codec.h"
#include "control/run/step_context.h"

namespace fulcrum::control {

namespace json = base::json;

base::Result<StepEnding> declare_product(StepContext& context) {
  const plan::Plan& plan = context.plan;
  StepEnding ending;
  auto& commands = ending.result.commands;
  commands.push_back({"product.declare", json::object{{"product", plan.product.name},
                                                      {"title", plan.product.name},
                                                      {"purpose", plan.product.goal}}});
  for (const auto& requirement : plan.requirements) {
    json::object body{{"id", requirement.id},
                      {"title", requirement.title},
                      {"weight", requirement.weight},
                      {"gate", requirement.gate},
                      {"product", plan.product.name}};
    if (!requirement.due.empty()) {
      TRY(body["due_us"], base::parse_iso_time(requirement.due));
    }
    commands.push_back({"requirement.add", std::move(body)});
  }
  if (!plan.scorecard.empty())
    commands.push_back(
        {"scorecard.declare",
         json::object{{"product", plan.product.name}, {"targets", base::encode(plan.scorecard)}}});
  ending.result.report =
      json::object{{"requirements", plan.requirements.size()}, {"targets", plan.scorecard.size()}};
  return ending;
}

}  // namespace fulcrum::control

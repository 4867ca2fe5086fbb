// The closing step: what the run means for requirements and money.
#include <fmt/format.h>

#include "control/run/step_context.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

bool gate_passed(const StepContext& context, const std::string& gate) {
  if (gate == "canary") {
    const auto canary = context.finished.find("canary");
    return canary != context.finished.end() && canary->second.state == "done";
  }
  const auto evaluate = context.finished.find("evaluate");
  if (evaluate == context.finished.end()) return false;
  const auto* gates = base::find_path(evaluate->second.report, "gates");
  if (!gates || !gates->is_array()) return false;
  for (const auto& one : gates->get_array())
    if (base::get_string(one, "gate") == gate) return base::get_bool(one, "passed");
  return false;
}

/// Device time of the steps that were really run, at the cluster's price.
double spent_usd(const StepContext& context) {
  double device_s = 0;
  for (const auto& [id, step] : context.finished) device_s += step.seconds;
  return device_s / 3600 * context.plan.cluster.price_usd_per_hour;
}

}  // namespace

base::Result<StepEnding> gather_evidence(StepContext& context) {
  StepEnding ending;
  auto& commands = ending.result.commands;
  json::array accepted, open;
  for (const auto& requirement : context.plan.requirements) {
    if (!requirement.gate.empty() && gate_passed(context, requirement.gate)) {
      commands.push_back(
          {"requirement.accept",
           json::object{{"requirement", requirement.id},
                        {"note", "gate " + requirement.gate + " passed in plan/" + context.run}}});
      accepted.push_back(json::string(requirement.id));
    } else {
      open.push_back(json::string(requirement.id));
    }
  }
  if (const auto canary = context.finished.find("canary");
      canary != context.finished.end() && canary->second.state != "failed") {
    const auto& report = canary->second.report;
    commands.push_back(
        {"improvement.record",
         json::object{{"title", "model " + base::get_string(report, "candidate")},
                      {"outcome", canary->second.state == "done" ? "adopted" : "tried"},
                      {"evidence", "plan/" + context.run},
                      {"simulated", base::get_bool(report, "simulated")}}});
    for (const auto& requirement : context.plan.requirements)
      if (requirement.gate == "canary")
        commands.push_back(
            {"canary.link", json::object{{"requirement", requirement.id},
                                         {"release", canary->second.identity.substr(0, 24)}}});
  }
  const double usd = spent_usd(context);
  if (context.plan.budget.usd > 0) {
    commands.push_back({"budget.set", json::object{{"budget", context.plan.product.name},
                                                   {"amount_usd", context.plan.budget.usd}}});
    commands.push_back(
        {"budget.spend", json::object{{"budget", context.plan.product.name},
                                      {"amount_usd", usd},
                                      {"what", "device time of plan/" + context.run}}});
  }
  ending.result.report = json::object{
      {"accepted", std::move(accepted)}, {"open", std::move(open)}, {"spent_usd", usd}};
  return ending;
}

}  // namespace fulcrum::control

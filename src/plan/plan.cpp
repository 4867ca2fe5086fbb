#include "plan/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/codec.h"
#include "plan/variables.h"

namespace fulcrum::plan {

namespace {

namespace json = base::json;

base::Status check_gates(const Plan& plan) {
  for (std::size_t i = 0; i < plan.evaluation.gates.size(); ++i) {
    const Gate& gate = plan.evaluation.gates[i];
    const std::string path = fmt::format("evaluation.gates[{}]", i);
    const int bounds = !gate.above.empty() + gate.at_least.has_value() + gate.at_most.has_value();
    if (bounds != 1)
      return base::usage("plan.gate", fmt::format("gate {} needs exactly one bound", gate.id), path,
                         "give one of above: <baseline>, at_least: <number>, at_most: <number>");
    const auto& baselines = plan.training ? plan.training->baselines : std::vector<std::string>{};
    if (!gate.above.empty() &&
        std::find(baselines.begin(), baselines.end(), gate.above) == baselines.end())
      return base::usage("plan.gate", fmt::format("no baseline is called {}", gate.above),
                         path + ".above",
                         fmt::format("training.baselines: {}", fmt::join(baselines, ", ")));
  }
  return {};
}

base::Status check_requirements(const Plan& plan) {
  for (std::size_t i = 0; i < plan.requirements.size(); ++i) {
    const auto& wanted = plan.requirements[i].gate;
    if (wanted.empty()) continue;
    std::vector<std::string_view> gates;
    for (const auto& gate : plan.evaluation.gates) gates.push_back(gate.id);
    if (plan.release) gates.push_back("canary");
    if (std::find(gates.begin(), gates.end(), wanted) == gates.end())
      return base::usage("plan.requirement", fmt::format("no gate is called {}", wanted),
                         fmt::format("requirements[{}].gate", i),
                         fmt::format("gates: {}", fmt::join(gates, ", ")));
  }
  return {};
}

base::Status check_release(const Plan& plan) {
  if (!plan.release) return {};
  if (!plan.training)
    return base::usage("plan.release", "a release needs a training section", "release",
                       "add training:, or remove release:");
  const std::string& stable = plan.release->stable;
  const auto& baselines = plan.training->baselines;
  const bool known =
      stable == "model" || std::find(baselines.begin(), baselines.end(), stable) != baselines.end();
  if (!known)
    return base::usage("plan.release", fmt::format("unknown stable model {}", stable),
                       "release.stable",
                       fmt::format("a baseline ({}), or model", fmt::join(baselines, ", ")));
  const Traffic& traffic = plan.release->traffic;
  if (traffic.offline_replay == !traffic.command.empty())
    return base::usage("plan.traffic", "a canary needs traffic", "release.traffic",
                       "give either command: [...] or offline_replay: true");
  if (traffic.offline_replay && plan.training->holdout_users <= 0)
    return base::usage("plan.replay", "an offline replay needs users that training never saw",
                       "release.traffic.offline_replay",
                       "set training.holdout_users, for example 0.3");
  if (traffic.offline_replay && stable == "model")
    return base::usage("plan.replay", "a replay of a model against itself shows nothing",
                       "release.stable", "name a baseline");
  return {};
}

/// Every ${name} must be one that the runner can fill in.
base::Status check_variables(const Plan& plan, const json::value& value, const std::string& path) {
  if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      CHECK_OK(check_variables(plan, (*array)[i], fmt::format("{}[{}]", path, i)));
  } else if (const auto* object = value.if_object()) {
    for (const auto& entry : *object) {
      const std::string key(entry.key());
      CHECK_OK(check_variables(plan, entry.value(), path.empty() ? key : path + "." + key));
    }
  } else if (value.is_string()) {
    for (const std::string& name : variables_in(value)) {
      if (name == "work" || name == "plan_folder" || name == "home" || name == "seed" ||
          name == "attempt")
        continue;
      if (name.find('.') != std::string::npos) continue;  // service or step value: checked later
      std::vector<std::string_view> known = {"work", "plan_folder", "home", "seed"};
      for (const auto& setting : plan.settings) known.push_back(setting.first);
      const std::string near = base::nearest(name, known);
      return base::usage("plan.variable", fmt::format("unknown variable ${{{}}}", name), path,
                         near.empty() ? fmt::format("known: {}", fmt::join(known, ", "))
                                      : fmt::format("did you mean ${{{}}}?", near));
    }
  }
  return {};
}

base::Result<Plan> decode(const json::value& root) {
  json::object resolved = root.get_object();
  const json::object empty;
  const auto* settings = resolved.if_contains("settings");
  const json::object own = settings && settings->is_object() ? settings->get_object() : empty;
  for (auto& entry : resolved)
    if (entry.key() != "settings") entry.value() = substitute_settings(entry.value(), own);
  TRY(Plan plan, base::decode<Plan>(resolved));
  if (plan.fulcrum != 1)
    return base::usage("plan.format",
                       fmt::format("this program reads plan format 1, not {}", plan.fulcrum),
                       "fulcrum");
  CHECK_OK(check_gates(plan));
  CHECK_OK(check_requirements(plan));
  CHECK_OK(check_release(plan));
  CHECK_OK(check_variables(plan, resolved, ""));
  return plan;
}

}  // namespace

base::Result<Plan> decode_plan(const Document& document) {
  auto plan = decode(document.root);
  if (!plan) return base::Failure(locate(document, plan.error()));
  return plan;
}

}  // namespace fulcrum::plan

// Everything in a plan that belongs to a pillar is checked before anything runs. The pillars check
// (exec::StepCheck), here their words are found again in the file.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/clock.h"
#include "base/codec.h"
#include "control/run/step_kinds.h"
#include "control/run/step_runner.h"
#include "release/policy.h"
#include "release/sequential.h"
#include "sched/policies.h"
#include "score/factor.h"
#include "train/step_checks.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

/// The value at `a.b[2].c`, and the object that holds it; nullptr where the path leads nowhere.
struct Place {
  json::value* value = nullptr;
  json::object* holder = nullptr;
  std::string key = {};
};

Place place_of(json::value& root, std::string_view path) {
  Place place{.value = &root};
  while (!path.empty() && place.value) {
    const auto end = path.find_first_of(".[", path[0] == '[' ? 1 : 0);
    const std::string_view part = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    if (path.starts_with('.')) path.remove_prefix(1);
    if (part.starts_with('[')) {
      auto* array = place.value->if_array();
      const std::size_t index = std::strtoul(part.data() + 1, nullptr, 10);
      place = {.value = array && index < array->size() ? &(*array)[index] : nullptr};
    } else {
      auto* object = place.value->if_object();
      place = {.value = object ? object->if_contains(part) : nullptr,
               .holder = object,
               .key = std::string(part)};
    }
  }
  return place;
}

bool is_open(const json::value& value) {
  return value.is_string() &&
         std::string_view(value.get_string()).find("${") != std::string_view::npos;
}

/// A value that is a run-time variable has no type yet: it is left out and the rest is checked.
base::Status check_what_is_known(const exec::StepCheck& check, json::value settings) {
  std::vector<std::string> left_out;
  for (;;) {
    base::Status status = check.check(settings);
    if (status) return {};
    const std::string field = status.error().field;
    const Place place = place_of(settings, field);
    if (!place.value && std::find(left_out.begin(), left_out.end(), field) != left_out.end())
      return {};  // a member that has to be there, and is: nothing more can be said of it now
    if (!place.value || !is_open(*place.value)) return status;
    if (!place.holder) return {};  // one of a list: the others' places must not change
    place.holder->erase(place.key);
    left_out.push_back(field);
  }
}

base::Failure located(const CheckedPlan& checked, base::Error error) {
  return base::Failure(plan::locate(checked.document, std::move(error)));
}

base::Failure unknown(const CheckedPlan& checked, const char* code, const char* what,
                      std::string_view name, std::string field,
                      const std::vector<std::string_view>& valid) {
  const std::string near = base::nearest(name, valid);
  return located(checked,
                 base::usage(code, fmt::format("no {} is called {}", what, name), std::move(field),
                             near.empty() ? fmt::format("use one of: {}", fmt::join(valid, ", "))
                                          : fmt::format("did you mean {}?", near))
                     .value());
}

bool is_in(std::string_view name, const std::vector<std::string_view>& valid) {
  return std::find(valid.begin(), valid.end(), name) != valid.end();
}

base::Status check_gate_metrics(const CheckedPlan& checked) {
  const auto& gates = checked.plan.evaluation.gates;
  for (std::size_t i = 0; i < gates.size(); ++i)
    if (!is_in(gates[i].metric, train::gate_metrics()))
      return unknown(checked, "plan.metric", "figure of a training", gates[i].metric,
                     fmt::format("evaluation.gates[{}].metric", i), train::gate_metrics());
  return {};
}

base::Status check_scorecard(const CheckedPlan& checked) {
  const auto& targets = checked.plan.scorecard;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const std::string path = fmt::format("scorecard[{}]", i);
    std::vector<std::string_view> scores, factors;
    for (const auto& factor : score::factor_specs()) {
      if (!is_in(factor.score, scores)) scores.push_back(factor.score);
      if (factor.score == targets[i].score) factors.push_back(factor.name);
    }
    if (factors.empty())
      return unknown(checked, "plan.score", "score", targets[i].score, path + ".score", scores);
    if (!is_in(targets[i].factor, factors))
      return unknown(checked, "plan.factor", "factor of this score", targets[i].factor,
                     path + ".factor", factors);
    if (!(targets[i].value > 0))
      return located(
          checked, base::usage("scorecard.value", "a target is above 0", path + ".value").value());
  }
  return {};
}

base::Status check_declared(const CheckedPlan& checked) {
  const plan::Plan& plan = checked.plan;
  for (std::size_t i = 0; i < plan.requirements.size(); ++i) {
    const auto& due = plan.requirements[i].due;
    const std::string path = fmt::format("requirements[{}]", i);
    if (!due.empty() && !base::parse_iso_time(due))
      return located(checked, base::usage("plan.due", fmt::format("\"{}\" is not a date", due),
                                          path + ".due", "write 2026-10-31")
                                  .value());
    if (!(plan.requirements[i].weight > 0))
      return located(
          checked,
          base::usage("requirement.weight", "a weight is above 0", path + ".weight").value());
  }
  std::vector<std::string_view> orders;
  for (const auto& policy : sched::policy_list())
    if (policy.stage == "order") orders.push_back(policy.name);
  if (!is_in(plan.cluster.policy, orders))
    return unknown(checked, "policy.unknown", "policy", plan.cluster.policy, "cluster.policy",
                   orders);
  return {};
}

/// A source on this machine that nothing else in the plan brings forth has to be there.
base::Status check_source_files(const CheckedPlan& checked) {
  const std::filesystem::path folder = checked.folder;
  for (const auto& step : checked.graph.steps) {
    if (step.kind != "data.collect" || !step.needs.empty() || !step.services.empty()) continue;
    const std::string kind = base::get_string(step.settings.at("source"), "kind");
    std::filesystem::path path = base::get_string(step.settings.at("source"), "path");
    if ((kind != "table" && kind != "files") || path.string().find("${") != std::string::npos)
      continue;
    path = (folder / path).lexically_normal();
    if (path.filename().string().find_first_of("*?[") != std::string::npos)
      path = path.parent_path();
    std::error_code error;
    if (!std::filesystem::exists(path, error))
      return located(
          checked,
          base::usage("source.path", fmt::format("there is no file or folder {}", path.string()),
                      step.section + ".path",
                      "check the path; a relative one starts at the plan's folder")
              .value());
  }
  return {};
}

base::Status check_release_policy(const CheckedPlan& checked) {
  if (!checked.plan.release) return {};
  auto policy = base::decode<release::Policy>(checked.plan.release->policy, "release.policy");
  if (!policy) return located(checked, policy.error());
  auto status = release::check_policy(*policy);
  if (status) return {};
  base::Error error = status.error();
  error.field = "release." + error.field;
  return located(checked, std::move(error));
}

}  // namespace

std::string plan_path(const CheckedPlan& checked, const plan::Step& step, std::string field) {
  if (step.kind == "data.collect" && (field == "source" || field.starts_with("source.")))
    return step.section + field.substr(6);
  if (step.kind == "train.baseline" && checked.plan.training) {
    if (field != "kind") return "training." + field;
    const auto& baselines = checked.plan.training->baselines;
    const auto at = std::find(baselines.begin(), baselines.end(), step.id.substr(9));
    return fmt::format("training.baselines[{}]", at - baselines.begin());
  }
  return field.empty() ? step.section : step.section + "." + field;
}

base::Status check_step_settings(const CheckedPlan& checked) {
  const auto checks = all_step_checks();
  for (const auto& step : checked.graph.steps)
    for (const auto& check : checks) {
      if (check.kind != step.kind) continue;
      if (auto status = check_what_is_known(check, step.settings); !status) {
        base::Error error = status.error();
        error.field = plan_path(checked, step, error.field);
        return located(checked, std::move(error));
      }
    }
  CHECK_OK(check_source_files(checked));
  CHECK_OK(check_gate_metrics(checked));
  CHECK_OK(check_declared(checked));
  CHECK_OK(check_scorecard(checked));
  return check_release_policy(checked);
}

}  // namespace fulcrum::control

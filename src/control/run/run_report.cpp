#include "control/run/run_report.h"

#include <utility>

namespace fulcrum::control {

namespace {

namespace json = base::json;

json::array steps_of(const RunOutcome& outcome) {
  json::array steps;
  for (const auto& step : outcome.steps) {
    json::object object{
        {"id", step.id}, {"state", step.state}, {"cached", step.cached}, {"seconds", step.seconds}};
    if (!step.error.code.empty())
      object["error"] = json::object{{"code", step.error.code},
                                     {"message", step.error.message},
                                     {"field", step.error.field},
                                     {"fix", step.error.fix}};
    steps.push_back(std::move(object));
  }
  return steps;
}

/// Trainings and baselines by the step's id.
json::object models_of(const RunOutcome& outcome) {
  json::object models;
  for (const auto& step : outcome.steps)
    if (step.id == "train" || step.id.starts_with("train.") || step.id.starts_with("baseline."))
      if (step.report.is_object() && !step.report.get_object().empty())
        models[step.id] = step.report;
  return models;
}

json::value ask(Engine& engine, std::string_view query, const char* member) {
  auto answer = engine.query(query, json::object{}, "service/runner", ledger::Role::kService);
  if (!answer) return nullptr;
  const auto* found = base::find_path(*answer, member);
  return found ? *found : *answer;
}

}  // namespace

json::object make_run_report(Engine& engine, const plan::Plan& plan, const RunOutcome& outcome) {
  json::object report{{"plan", outcome.plan},       {"product", plan.product.name},
                      {"run", outcome.run},         {"state", outcome.state},
                      {"seconds", outcome.seconds}, {"steps", steps_of(outcome)}};
  static constexpr std::pair<const char*, const char*> kSections[] = {{"assess", "machine"},
                                                                      {"clean", "data"},
                                                                      {"labels.merge", "labels"},
                                                                      {"canary", "release"},
                                                                      {"contention", "contention"}};
  json::object checks;
  for (const auto& step : outcome.steps) {
    if (!step.report.is_object() || step.report.get_object().empty()) continue;
    for (const auto& [id, section] : kSections)
      if (step.id == id) report[section] = step.report;
    if (step.id.starts_with("check.")) checks[step.id.substr(6)] = step.report;
    if (step.id == "evaluate") report["gates"] = step.report.get_object().at("gates");
    if (step.id == "score") {
      report["requirements"] = json::object{{"accepted", step.report.get_object().at("accepted")},
                                            {"open", step.report.get_object().at("open")}};
      report["spent_usd"] = step.report.get_object().at("spent_usd");
    }
  }
  report["checks"] = std::move(checks);
  report["models"] = models_of(outcome);
  report["scores"] = ask(engine, "score.show", "scores");
  report["next"] = ask(engine, "score.next", "decisions");
  return report;
}

}  // namespace fulcrum::control

#include "control/run/chosen_model.h"

#include <optional>

#include "base/codec.h"
#include "base/files.h"
#include "base/hash.h"
#include "control/run/reported_figures.h"
#include "control/run/step_outputs.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

constexpr const char* kValidationMetrics[] = {"validation.ndcg_at_10", "ndcg_at_10"};

double validation_score(const FinishedStep& step) {
  for (const char* metric : kValidationMetrics)
    if (const auto figure = reported_figure(step.report, metric)) return figure->value;
  return 0;
}

ModelVersion version_of(const StepContext& context, const std::string& input,
                        const std::string& step, const std::string& label) {
  const auto& output = context.finished.at(step).outputs.at("model");
  return {.step = step,
          .version = label + "-" + output.digest.substr(0, 12),
          .folder = context.inputs.at(input),
          .kind = label};
}

/// What the registry has as the stable version of a model; null when there is none.
base::Result<json::value> stable_entry(Engine& engine, const std::string& model) {
  TRY(const json::value listed,
      engine.query("model.list", json::object{{"model", model}, {"stage", "stable"}},
                   "service/runner", ledger::Role::kService));
  const auto* models = base::find_path(listed, "models");
  if (!models || !models->is_array() || models->get_array().empty()) return json::value(nullptr);
  return models->get_array()[0];
}

base::Result<json::value> stable_entry(const StepContext& context) {
  return stable_entry(context.surroundings.engine, context.plan.release->model);
}

/// The registry's stable version of the plan's model, its folder brought back; nullopt: none yet.
base::Result<std::optional<ModelVersion>> released_model(const StepContext& context) {
  TRY(const json::value entry, stable_entry(context));
  if (entry.is_null()) return std::optional<ModelVersion>{};
  const std::string version = base::get_string(entry, "version");
  TRY(const json::value shown,
      context.surroundings.engine.query(
          "model.show", json::object{{"model", context.plan.release->model}, {"version", version}},
          "service/runner", ledger::Role::kService));
  const auto* artifacts = base::find_path(shown, "artifacts");
  if (!artifacts) artifacts = base::find_path(shown, "model.artifacts");
  if (!artifacts || !artifacts->is_array() || artifacts->get_array().empty())
    return base::failed("model.artifacts", "the stable version " + version + " has no artifacts");
  const objects::Store& objects = context.surroundings.objects;
  TRY(const std::string text, objects.get(std::string(artifacts->get_array()[0].as_string())));
  TRY(const json::value manifest, base::parse_json(text, "model manifest"));
  TRY(const plan::Output output, base::decode<plan::Output>(manifest, "manifest"));
  const std::string folder = context.surroundings.home + "/models/" + version;
  CHECK_OK(base::make_folder(folder));
  TRY(const std::string path, restore_output(objects, folder, output));
  return std::optional(ModelVersion{
      .step = {}, .version = version, .folder = path, .kind = base::get_string(entry, "kind")});
}

}  // namespace

base::Result<ModelVersion> chosen_candidate(const StepContext& context) {
  std::optional<ModelVersion> best;
  double best_score = 0;
  for (const auto& [name, source] : context.step.inputs) {
    if (source.output != "model" || (source.step != "train" && !source.step.starts_with("train.")))
      continue;
    const double score = validation_score(context.finished.at(source.step));
    if (best && score <= best_score) continue;
    best = version_of(context, name, source.step, "transformer");
    best_score = score;
  }
  if (!best) return base::failed("plan.model", "no training step handed over a model");
  return *best;
}

base::Result<ModelVersion> other_arm(const StepContext& context, const ModelVersion& candidate) {
  const std::string& stable = context.plan.release->stable;
  TRY(auto released, released_model(context));
  // After a kill behind the verdict the candidate is the stable one already.
  if (released && released->version != candidate.version) return *released;
  if (stable == "model") {
    ModelVersion same = candidate;
    same.version = "same-" + candidate.version;
    return same;
  }
  return version_of(context, "stable", "baseline." + stable, stable);
}

base::Result<bool> is_stable(const StepContext& context, const ModelVersion& model) {
  TRY(const json::value entry, stable_entry(context));
  return base::get_string(entry, "version") == model.version;
}

std::string canary_release(const std::string& identity) {
  return identity.substr(0, 24);
}

std::string first_release(const std::string& identity) {
  return "first-" + identity.substr(0, 12);
}

base::Result<std::string> identity_in_registry(Engine& engine, const plan::Plan& plan,
                                               const plan::Step& step, std::string identity) {
  if (step.kind != "release.canary" || !plan.release) return identity;
  const auto with = [&](const std::string& stable) {
    return stable.empty() ? identity : base::sha256_hex(identity + "\n" + stable);
  };
  TRY(const json::value entry, stable_entry(engine, plan.release->model));
  if (entry.is_null()) return identity;
  // The release that made it stable: this step's own, begun with the version before it or, for a
  // model's first release, with none?
  const std::string release = base::get_string(entry, "release");
  const auto shown =
      engine.query("release.show", json::object{{"release", release}, {"chunks", false}},
                   "service/runner", ledger::Role::kService);
  for (const std::string& before :
       {std::string(), shown ? base::get_string(*shown, "stable") : std::string()}) {
    const std::string own = with(before);
    if (release == canary_release(own) || release == first_release(own)) return own;
  }
  return with(base::get_string(entry, "version"));
}

base::Result<json::object> registration_of(const StepContext& context, const ModelVersion& model) {
  json::object metrics;
  const FinishedStep& step = context.finished.at(model.step);
  for (const char* metric : {"ndcg_at_10", "hr_at_10"})
    if (const auto figure = reported_figure(step.report, metric)) metrics[metric] = figure->value;
  metrics["validation_ndcg_at_10"] = validation_score(step);
  std::string dataset = context.plan.dataset.name;
  if (const auto version = context.finished.find("version"); version != context.finished.end())
    if (const auto name = base::get_string(version->second.report, "version"); !name.empty())
      dataset += "@" + name;
  const plan::Output& output = step.outputs.at("model");
  TRY(const std::string manifest,
      context.surroundings.objects.put(base::to_text(base::encode(output))));
  json::array artifacts{json::string(manifest)};
  for (const auto& file : output.files) artifacts.push_back(json::string(file.object));
  return json::object{{"model", context.plan.release->model},
                      {"version", model.version},
                      {"kind", model.kind},
                      {"artifacts", std::move(artifacts)},
                      {"metrics", std::move(metrics)},
                      {"dataset", std::move(dataset)},
                      {"run", base::get_string(step.report, "run")}};
}

}  // namespace fulcrum::control

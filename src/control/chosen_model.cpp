#include "control/chosen_model.h"

#include <optional>

#include "control/reported_figures.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

constexpr const char* kValidationMetrics[] = {"validation_ndcg_at_10", "ndcg_at_10"};

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

}  // namespace

base::Result<ModelVersion> chosen_candidate(const StepContext& context) {
  std::optional<ModelVersion> best;
  double best_score = 0;
  for (const auto& [name, source] : context.step.inputs) {
    if (source.step != "train" && !source.step.starts_with("train.")) continue;
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
  if (stable == "model") {
    ModelVersion same = candidate;
    same.version = "same-" + candidate.version;
    return same;
  }
  return version_of(context, "stable", "baseline." + stable, stable);
}

json::object registration_of(const StepContext& context, const ModelVersion& model) {
  json::object metrics;
  const FinishedStep& step = context.finished.at(model.step);
  for (const char* metric : {"ndcg_at_10", "hr_at_10", "validation_ndcg_at_10"})
    if (const auto figure = reported_figure(step.report, metric)) metrics[metric] = figure->value;
  json::array artifacts;
  for (const auto& file : step.outputs.at("model").files)
    artifacts.push_back(json::string(file.object));
  return {{"model", context.plan.release->model}, {"version", model.version},
          {"kind", model.kind},                   {"artifacts", std::move(artifacts)},
          {"metrics", std::move(metrics)},        {"dataset", context.plan.dataset.name},
          {"run", base::get_string(step.report, "run")}};
}

}  // namespace fulcrum::control

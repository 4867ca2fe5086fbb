// train.baseline: inputs {interactions}; output model (folder, servable like any other); command
// run.record.
#include "base/codec.h"
#include "base/files.h"
#include "base/hash.h"
#include "train/baselines.h"
#include "train/held_out.h"
#include "train/model_folder.h"
#include "train/report.h"
#include "train/torch/measure.h"
#include "train/torch/steps.h"

namespace fulcrum::train {

namespace {

namespace json = base::json;

base::Result<BaselineSettings> settings_of(const exec::StepSpec& spec) {
  const json::value given = spec.settings.is_null() ? json::value(json::object{}) : spec.settings;
  TRY(auto settings, base::decode<BaselineSettings>(given));
  CHECK_OK(check_holdout(settings.holdout_users));
  return settings;
}

base::Result<exec::StepResult> run_baseline(const exec::StepSpec& spec) {
  TRY(const auto settings, settings_of(spec));
  TRY(auto data, load_training_data(spec, settings.holdout_users));
  if (settings.shuffle_data) shuffle_items(data.split.training, spec.seed);
  const std::string kind = base::enum_name(settings.kind);
  const std::size_t items = data.interactions.items.size();
  json::object tuned_to;  // what validation chose, of item-kNN
  std::unique_ptr<Recommender> model;
  if (settings.kind == BaselineKind::kPopularity) {
    model = train_popularity(data.split.training, items);
  } else {
    TunedKnn tuned = tune_item_knn(data.split, items);
    tuned_to = knn_json(tuned);
    model = std::move(tuned.model);
  }
  const RankingMetrics test = evaluate(*model, data.split.test);
  const RankingMetrics validation = evaluate(*model, data.split.validation);
  CHECK_OK(base::write_file(
      std::filesystem::path(spec.work_folder) / "held_out.csv",
      held_out_csv(data.interactions, data.split, evaluate(*model, data.split.held_out))));
  const Latency latency = measure_latency(*model, data.split.test, base::system_clock());
  const std::string run = run_id(kind, data.sha256, base::encode(settings), spec.seed);
  const std::filesystem::path folder = std::filesystem::path(spec.work_folder) / "model";
  const ModelCard card{kind,
                       data.interactions.items,
                       {},
                       {{"run", run},
                        {"data_sha256", data.sha256},
                        {"ndcg_at_10", test.ndcg_at_10},
                        {"hr_at_10", test.hr_at_10},
                        {"n", test.n}}};
  CHECK_OK(write_model(folder, card, baseline_tensors(*model)));
  TRY(const auto weights, base::read_file(folder / "weights.safetensors"));
  RunFacts facts;
  facts.run = run;
  facts.name = settings.name;
  facts.plan = settings.plan;
  facts.kind = kind;
  facts.recipe = json::object{{"kind", kind}};
  facts.dataset = settings.dataset.empty() ? "sha256:" + data.sha256 : settings.dataset;
  facts.seed = static_cast<std::int64_t>(spec.seed);
  facts.metrics["ndcg_at_10"] = measured_ndcg(test, spec.seed);
  facts.metrics["hr_at_10"] = measured_hr(test, spec.seed);
  facts.metrics["p95_ms"] = {latency.p95_ms, latency.p95_low_ms, latency.p95_high_ms,
                             static_cast<std::int64_t>(latency.n)};
  facts.model = base::sha256_hex(weights);
  facts.shuffled = settings.shuffle_data;
  facts.simulated = settings.simulated;
  json::object report{
      {"run", run},
      {"kind", kind},
      {"model", metrics_json(test, spec.seed)},
      {"validation", {{"ndcg_at_10", validation.ndcg_at_10}, {"hr_at_10", validation.hr_at_10}}},
      {"p50_ms", latency.p50_ms},
      {"p95_ms", latency.p95_ms},
      {"latency_n", latency.n},
      {"data", data_json(data)}};
  for (const auto& [name, value] : tuned_to) {
    report[name] = value;
    facts.recipe.as_object()[name] = value;
  }
  return exec::StepResult{
      {{"model", "model"}, {"held_out", "held_out.csv"}}, std::move(report), {run_command(facts)}};
}

}  // namespace

base::Result<exec::StepResult> step_baseline(const exec::StepSpec& spec,
                                             exec::StepProgress& progress) {
  progress.at(0, 0, "baseline");
  try {
    return run_baseline(spec);
  } catch (const std::exception& error) {
    return base::failed("train.failed", error.what());
  }
}

}  // namespace fulcrum::train

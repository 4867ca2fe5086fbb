// train.fit: inputs {interactions}; outputs model (folder), metrics (metrics.jsonl), ranks
// (ranks.csv: one row a test user); commands run.record and samples.seal.
#include <fmt/format.h>

#include "base/codec.h"
#include "base/files.h"
#include "base/hash.h"
#include "train/baselines.h"
#include "train/held_out.h"
#include "train/model_folder.h"
#include "train/report.h"
#include "train/torch/measure.h"
#include "train/torch/steps.h"
#include "train/torch/transformer.h"

namespace fulcrum::train {

namespace {

namespace json = base::json;
using exec::StepProgress;
using exec::StepResult;
using exec::StepSpec;

struct Floors {
  RankingMetrics popularity;
  RankingMetrics item_knn;
  json::object knn_settings;  // what validation chose
};

struct Measurements {
  RankingMetrics test;
  RankingMetrics held_out;
  std::optional<Robustness> robustness;
  Latency latency;
  std::optional<Scaling> scaling;
};

/// Everything that the report is written from.
struct Outcome {
  FitSettings settings;
  TrainingData data;
  Floors floors;
  FitResult fit;
  Measurements measured;
  std::string run;
  std::string weights_sha256;
  std::int64_t parameters = 0;
  std::uint64_t seed = 0;
};

base::Result<FitSettings> settings_of(const StepSpec& spec) {
  const json::value given = spec.settings.is_null() ? json::value(json::object{}) : spec.settings;
  TRY(auto settings, base::decode<FitSettings>(given));
  if (!settings.metric.empty()) settings.recipe.early_stopping.metric = settings.metric;
  CHECK_OK(check(settings.recipe));
  CHECK_OK(check_holdout(settings.holdout_users));
  return settings;
}

Floors measure_floors(const TrainingData& data) {
  Floors floors;
  const std::size_t items = data.interactions.items.size();
  floors.popularity = evaluate(*train_popularity(data.split.training, items), data.split.test);
  const TunedKnn knn = tune_item_knn(data.split, items);
  floors.item_knn = evaluate(*knn.model, data.split.test);
  floors.knn_settings = knn_json(knn);
  return floors;
}

std::string metrics_lines(const std::vector<EpochRecord>& epochs) {
  std::string lines;
  for (const auto& record : epochs) lines += base::to_text(base::encode(record)) + "\n";
  return lines;
}

FitOptions fit_options(const StepSpec& spec, const Outcome& outcome, StepProgress& progress) {
  const unsigned epochs = outcome.settings.recipe.epochs;
  const std::filesystem::path folder(spec.work_folder);
  FitOptions options{.recipe = outcome.settings.recipe,
                     .seed = spec.seed,
                     .items = outcome.data.interactions.items.size(),
                     .checkpoint = folder / "checkpoint.pt",
                     .fingerprint = outcome.run};
  options.progress = [&progress, epochs](double done, double loss) {
    const auto now = std::min<unsigned>(static_cast<unsigned>(done) + 1, epochs);
    progress.at(static_cast<std::int64_t>(done * 1000), std::int64_t{epochs} * 1000 + 1,
                fmt::format("epoch {} of at most {}, loss {:.3f}", now, epochs, loss));
  };
  options.epoch_done = [folder](const std::vector<EpochRecord>& records) {
    (void)base::write_file(folder / "metrics.jsonl", metrics_lines(records)).has_value();
  };
  return options;
}

Measurements measure(Outcome& outcome, const std::vector<History>& training,
                     const FitOptions& options) {
  const std::size_t items = outcome.data.interactions.items.size();
  const Split& split = outcome.data.split;
  const auto model = transformer(outcome.fit.best, options.recipe.model, items);
  Measurements measured;
  measured.test = evaluate(*model, split.test);
  if (!split.held_out.empty()) measured.held_out = evaluate(*model, split.held_out);
  measured.robustness = measure_robustness(*model, split.test, measured.test, outcome.seed);
  measured.latency = measure_latency(*model, split.test, *options.clock);
  measured.scaling = measure_scaling(training, options);
  return measured;
}

double seconds_of(const FitResult& fit) {
  double seconds = 0;
  for (const auto& epoch : fit.epochs) seconds += epoch.seconds;
  return seconds;
}

json::value interval_json(const Interval& interval) {
  return json::object{{"value", interval.value}, {"low", interval.low}, {"high", interval.high}};
}

void report_speed(const Measurements& measured, json::object& report) {
  report["p50_ms"] = measured.latency.p50_ms;
  report["p95_ms"] = measured.latency.p95_ms;
  report["p95_ms_low"] = measured.latency.p95_low_ms;
  report["p95_ms_high"] = measured.latency.p95_high_ms;
  report["latency_n"] = measured.latency.n;
  if (const auto& robust = measured.robustness) {
    report["robustness"] = robust->value;
    report["robustness_low"] = robust->low;
    report["robustness_high"] = robust->high;
    report["robustness_n"] = robust->n;
    report["robustness_dropped_share"] = kDroppedShare;
  }
  if (const auto& scaling = measured.scaling) {
    report["scalability"] = scaling->efficiency;
    report["scalability_low"] = scaling->low;
    report["scalability_high"] = scaling->high;
    report["scalability_n"] = scaling->n;
    report["scalability_threads"] = scaling->threads;
    report["targets_per_s_one_thread"] = scaling->targets_per_s_one;
    report["targets_per_s_threads"] = scaling->targets_per_s_many;
  }
}

json::object report_of(const Outcome& outcome) {
  const Measurements& measured = outcome.measured;
  json::object knn = metrics_json(outcome.floors.item_knn, outcome.seed);
  for (const auto& [name, value] : outcome.floors.knn_settings) knn[name] = value;
  const EpochRecord& best = outcome.fit.epochs[outcome.fit.best_epoch - 1];
  json::object report{
      {"run", outcome.run},
      {"model", metrics_json(measured.test, outcome.seed)},
      {"popularity", metrics_json(outcome.floors.popularity, outcome.seed)},
      {"item_knn", std::move(knn)},
      {"ndcg_above_popularity",
       interval_json(ndcg_difference(measured.test, outcome.floors.popularity, outcome.seed))},
      {"ndcg_above_item_knn",
       interval_json(ndcg_difference(measured.test, outcome.floors.item_knn, outcome.seed))},
      {"validation", {{"ndcg_at_10", best.ndcg_at_10}, {"hr_at_10", best.hr_at_10}}},
      {"best_epoch", outcome.fit.best_epoch},
      {"epochs", outcome.fit.epochs.size()},
      {"seconds", seconds_of(outcome.fit)},
      {"parameters", outcome.parameters},
      {"seed", outcome.seed},
      {"threads", outcome.settings.recipe.threads},
      {"shuffled", outcome.settings.shuffle_data},
      {"weights_sha256", outcome.weights_sha256},
      {"data", data_json(outcome.data)}};
  if (measured.held_out.n > 0) report["held_out"] = metrics_json(measured.held_out, outcome.seed);
  report_speed(measured, report);
  return report;
}

RunFacts facts_of(const Outcome& outcome) {
  const Measurements& measured = outcome.measured;
  RunFacts facts;
  facts.run = outcome.run;
  facts.name = outcome.settings.name;
  facts.plan = outcome.settings.plan;
  facts.kind = "transformer";
  facts.recipe = base::encode(outcome.settings.recipe);
  facts.dataset =
      outcome.settings.dataset.empty() ? "sha256:" + outcome.data.sha256 : outcome.settings.dataset;
  facts.seed = static_cast<std::int64_t>(outcome.seed);
  facts.model = outcome.weights_sha256;
  facts.parameters = outcome.parameters;
  facts.best_epoch = outcome.fit.best_epoch;
  facts.epochs = static_cast<unsigned>(outcome.fit.epochs.size());
  facts.seconds = seconds_of(outcome.fit);
  facts.shuffled = outcome.settings.shuffle_data;
  facts.simulated = outcome.settings.simulated;
  auto& metrics = facts.metrics;
  metrics["ndcg_at_10"] = measured_ndcg(measured.test, outcome.seed);
  metrics["hr_at_10"] = measured_hr(measured.test, outcome.seed);
  metrics["popularity_ndcg_at_10"] = measured_ndcg(outcome.floors.popularity, outcome.seed);
  metrics["item_knn_ndcg_at_10"] = measured_ndcg(outcome.floors.item_knn, outcome.seed);
  const Latency& latency = measured.latency;
  metrics["p95_ms"] = {latency.p95_ms, latency.p95_low_ms, latency.p95_high_ms,
                       static_cast<std::int64_t>(latency.n)};
  if (const auto& robust = measured.robustness)
    metrics["robustness"] = {robust->value, robust->low, robust->high,
                             static_cast<std::int64_t>(robust->n)};
  if (const auto& scaling = measured.scaling)
    metrics["scalability"] = {scaling->efficiency, scaling->low, scaling->high,
                              static_cast<std::int64_t>(scaling->n)};
  return facts;
}

exec::StepCommand seal_command(const Outcome& outcome, const std::string& lines) {
  const std::string digest = base::sha256_hex(lines);
  return {"samples.seal",
          base::encode(SampleChunk{.stream = "run/" + outcome.run,
                                   .object = digest,  // an object's id is its content's SHA-256
                                   .first_us = outcome.fit.epochs.front().time_us,
                                   .last_us = outcome.fit.epochs.back().time_us,
                                   .count = static_cast<std::int64_t>(outcome.fit.epochs.size()),
                                   .sha256 = digest})};
}

std::string ranks_csv(const Outcome& outcome) {
  std::string text = "user,model,popularity,item_knn\n";
  std::size_t row = 0;
  for (const auto& one : outcome.data.split.test) {
    if (asks_for_a_repeat(one)) continue;
    text += fmt::format("{},{},{},{}\n", outcome.data.interactions.users[one.user],
                        outcome.measured.test.ranks[row], outcome.floors.popularity.ranks[row],
                        outcome.floors.item_knn.ranks[row]);
    ++row;
  }
  return text;
}

base::Status write_outputs(const StepSpec& spec, Outcome& outcome, const std::string& lines) {
  const std::filesystem::path folder(spec.work_folder);
  const RankingMetrics& test = outcome.measured.test;
  const ModelCard card{"transformer",
                       outcome.data.interactions.items,
                       outcome.settings.recipe.model,
                       {{"run", outcome.run},
                        {"seed", outcome.seed},
                        {"data_sha256", outcome.data.sha256},
                        {"best_epoch", outcome.fit.best_epoch},
                        {"ndcg_at_10", test.ndcg_at_10},
                        {"hr_at_10", test.hr_at_10},
                        {"n", test.n}}};
  CHECK_OK(write_model(folder / "model", card, network_tensors(outcome.fit.best)));
  TRY(const auto weights, base::read_file(folder / "model" / "weights.safetensors"));
  outcome.weights_sha256 = base::sha256_hex(weights);
  CHECK_OK(base::write_file(folder / "metrics.jsonl", lines));
  CHECK_OK(base::write_file(
      folder / "held_out.csv",
      held_out_csv(outcome.data.interactions, outcome.data.split, outcome.measured.held_out)));
  return base::write_file(folder / "ranks.csv", ranks_csv(outcome));
}

base::Result<StepResult> run_fit(const StepSpec& spec, StepProgress& progress) {
  Outcome outcome;
  outcome.seed = spec.seed;
  TRY(outcome.settings, settings_of(spec));
  TRY(outcome.data, load_training_data(spec, outcome.settings.holdout_users));
  outcome.run =
      run_id("transformer", outcome.data.sha256, base::encode(outcome.settings), spec.seed);
  progress.at(0, 0, "baselines");
  outcome.floors = measure_floors(outcome.data);
  std::vector<History> training = outcome.data.split.training;
  if (outcome.settings.shuffle_data) shuffle_items(training, spec.seed);
  const FitOptions options = fit_options(spec, outcome, progress);
  outcome.fit = fit(training, outcome.data.split.validation, options);
  for (const auto& parameter : outcome.fit.best->parameters())
    outcome.parameters += parameter.numel();
  progress.at(std::int64_t{outcome.settings.recipe.epochs} * 1000,
              std::int64_t{outcome.settings.recipe.epochs} * 1000 + 1, "measuring");
  outcome.measured = measure(outcome, training, options);
  const std::string lines = metrics_lines(outcome.fit.epochs);
  CHECK_OK(write_outputs(spec, outcome, lines));
  progress.at(1, 1, "done");
  return StepResult{{{"model", "model"},
                     {"metrics", "metrics.jsonl"},
                     {"ranks", "ranks.csv"},
                     {"held_out", "held_out.csv"}},
                    report_of(outcome),
                    {run_command(facts_of(outcome)), seal_command(outcome, lines)}};
}

}  // namespace

base::Result<StepResult> step_fit(const StepSpec& spec, StepProgress& progress) {
  try {
    return run_fit(spec, progress);
  } catch (const c10::Error& error) {
    return base::failed("train.torch", error.what_without_backtrace());
  } catch (const std::exception& error) {
    return base::failed("train.failed", error.what());
  }
}

}  // namespace fulcrum::train

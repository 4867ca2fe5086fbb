#include "train/report.h"

#include <fmt/format.h>

#include "base/codec.h"
#include "base/files.h"
#include "base/hash.h"

namespace fulcrum::train {

namespace json = base::json;

base::Result<TrainingData> load_training_data(const exec::StepSpec& spec, double holdout_users) {
  const auto input = spec.inputs.find("interactions");
  if (input == spec.inputs.end())
    return base::usage("train.input", "this step needs an input \"interactions\"", "inputs",
                       "take it from the cleaning step, or name a CSV file user,item,time_us");
  const auto file = interactions_file(input->second);
  TRY(const std::string text, base::read_file(file));
  TrainingData data;
  data.sha256 = base::sha256_hex(text);
  TRY(data.interactions, parse_interactions(text, file.filename().string()));
  data.split = split_leave_last_out(data.interactions, holdout_users);
  if (data.split.test.empty() || data.interactions.items.size() < 2)
    return base::usage("train.input",
                       fmt::format("{} users and {} items are too few: at least one user with "
                                   "three interactions is needed",
                                   data.interactions.users.size(), data.interactions.items.size()),
                       file.filename().string(),
                       "give more rows; cleaning's report says how many it kept");
  return data;
}

json::object metrics_json(const RankingMetrics& metrics, std::uint64_t seed) {
  const Interval ndcg = ndcg_interval(metrics, seed);
  const Interval hr = hr_interval(metrics, seed);
  return {{"ndcg_at_10", metrics.ndcg_at_10},
          {"ndcg_at_10_low", ndcg.low},
          {"ndcg_at_10_high", ndcg.high},
          {"hr_at_10", metrics.hr_at_10},
          {"hr_at_10_low", hr.low},
          {"hr_at_10_high", hr.high},
          {"mrr", metrics.mrr},
          {"n", metrics.n},
          {"repeats", metrics.repeats}};
}

Measured measured_ndcg(const RankingMetrics& metrics, std::uint64_t seed) {
  const Interval interval = ndcg_interval(metrics, seed);
  return {interval.value, interval.low, interval.high, static_cast<std::int64_t>(metrics.n)};
}

Measured measured_hr(const RankingMetrics& metrics, std::uint64_t seed) {
  const Interval interval = hr_interval(metrics, seed);
  return {interval.value, interval.low, interval.high, static_cast<std::int64_t>(metrics.n)};
}

std::string run_id(const std::string& kind, const std::string& data_sha256,
                   const json::value& settings, std::uint64_t seed) {
  const std::string all =
      fmt::format("run/2\n{}\n{}\n{}\n{}", kind, data_sha256, base::to_text(settings), seed);
  return base::sha256_hex(all).substr(0, 20);
}

json::object data_json(const TrainingData& data) {
  return {
      {"users", data.interactions.users.size()},     {"held_out_users", data.split.held_out_users},
      {"items", data.interactions.items.size()},     {"rows", data.interactions.rows},
      {"repeats_joined", data.interactions.repeats}, {"sha256", data.sha256}};
}

json::object knn_json(const TunedKnn& tuned) {
  return {{"k", tuned.k}, {"window", tuned.recency.window}, {"decay", tuned.recency.decay}};
}

exec::StepCommand run_command(const RunFacts& facts) {
  return {"run.record", base::encode(facts)};
}

}  // namespace fulcrum::train

#pragma once
// What the training steps have in common: their input, and what they tell people and the ledger.
#include <string>

#include "base/json.h"
#include "exec/step.h"
#include "train/baselines.h"
#include "train/metrics.h"
#include "train/split.h"
#include "train/types.h"

namespace fulcrum::train {

struct TrainingData {
  Interactions interactions;
  Split split;
  std::string sha256;  // of the file
};

/// Reads input `interactions` and splits it. Fails with `train.input` when the input is missing or
/// too small to measure anything on, and as read_interactions() does.
base::Result<TrainingData> load_training_data(const exec::StepSpec& spec, double holdout_users);

/// {"ndcg_at_10","ndcg_at_10_low","ndcg_at_10_high","hr_at_10",…,"mrr","n","repeats"}; 95 %
/// intervals over users.
base::json::object metrics_json(const RankingMetrics& metrics, std::uint64_t seed);
Measured measured_ndcg(const RankingMetrics& metrics, std::uint64_t seed);
Measured measured_hr(const RankingMetrics& metrics, std::uint64_t seed);

/// A run's id: the same data, kind, settings and seed give the same one.
std::string run_id(const std::string& kind, const std::string& data_sha256,
                   const base::json::value& settings, std::uint64_t seed);

/// The users, users kept apart, items and rows of the input.
base::json::object data_json(const TrainingData& data);
/// What validation chose of item-kNN: {"k","window","decay"}; window 0: the whole history.
base::json::object knn_json(const TunedKnn& tuned);
exec::StepCommand run_command(const RunFacts& facts);

}  // namespace fulcrum::train

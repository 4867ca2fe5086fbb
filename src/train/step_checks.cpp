#include "train/step_checks.h"

#include "base/codec.h"
#include "train/recipe.h"

namespace fulcrum::train {

namespace {

base::Status check_fit(const base::json::value& settings) {
  TRY(auto fit, base::decode<FitSettings>(settings));
  if (!fit.metric.empty()) fit.recipe.early_stopping.metric = fit.metric;
  CHECK_OK(check_holdout(fit.holdout_users));
  return check(fit.recipe);
}

base::Status check_baseline(const base::json::value& settings) {
  const std::string kind = base::get_string(settings, "kind");
  if (kind != "popularity" && kind != "item_knn") {
    const std::string near = base::nearest(kind, {"popularity", "item_knn"});
    return base::usage(
        "train.baseline", "no baseline is called " + kind, "kind",
        near.empty() ? "use some of: popularity, item_knn" : "did you mean " + near + "?");
  }
  TRY(const auto baseline, base::decode<BaselineSettings>(settings));
  return check_holdout(baseline.holdout_users);
}

}  // namespace

std::vector<exec::StepCheck> step_checks() {
  return {{"train.fit", check_fit}, {"train.baseline", check_baseline}};
}

const std::vector<std::string_view>& gate_metrics() {
  static const std::vector<std::string_view> metrics = {"ndcg_at_10",
                                                        "hr_at_10",
                                                        "mrr",
                                                        "p50_ms",
                                                        "p95_ms",
                                                        "robustness",
                                                        "scalability",
                                                        "seconds",
                                                        "parameters",
                                                        "best_epoch",
                                                        "epochs",
                                                        "validation.ndcg_at_10",
                                                        "validation.hr_at_10",
                                                        "held_out.ndcg_at_10",
                                                        "held_out.hr_at_10",
                                                        "ndcg_above_popularity.value",
                                                        "ndcg_above_popularity.low",
                                                        "ndcg_above_item_knn.value",
                                                        "ndcg_above_item_knn.low",
                                                        "targets_per_s_one_thread",
                                                        "targets_per_s_threads"};
  return metrics;
}

}  // namespace fulcrum::train

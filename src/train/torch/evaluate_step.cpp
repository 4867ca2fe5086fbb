// train.evaluate: inputs {model, interactions}; each user's last item is asked for. No output
// but the report. Items that the model does not know are left out of the histories; a case whose
// target it does not know counts as a miss.
#include <unordered_map>

#include "train/report.h"
#include "train/torch/load_model.h"
#include "train/torch/measure.h"
#include "train/torch/steps.h"

namespace fulcrum::train {

namespace {

struct Renumbered {
  std::vector<Case> cases;
  std::size_t unknown_targets = 0;
};

/// The cases in the model's numbering of items.
Renumbered renumber(const Interactions& interactions, const std::vector<std::string>& known) {
  std::unordered_map<std::string_view, Item> numbers;
  for (std::size_t i = 0; i < known.size(); ++i) numbers[known[i]] = static_cast<Item>(i);
  Renumbered result;
  for (std::size_t user = 0; user < interactions.histories.size(); ++user) {
    const History& all = interactions.histories[user];
    if (all.size() < 2) continue;
    Case one{user, {}, 0};
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto found = numbers.find(interactions.items[static_cast<std::size_t>(all[i])]);
      const bool is_target = i + 1 == all.size();
      if (is_target) {
        one.target = found == numbers.end() ? -1 : found->second;
      } else if (found != numbers.end()) {
        one.history.push_back(found->second);
      }
    }
    if (one.target < 0) {
      ++result.unknown_targets;
    } else {
      result.cases.push_back(std::move(one));
    }
  }
  return result;
}

base::Result<exec::StepResult> run_evaluate(const exec::StepSpec& spec) {
  const auto folder = spec.inputs.find("model");
  const auto rows = spec.inputs.find("interactions");
  if (folder == spec.inputs.end() || rows == spec.inputs.end())
    return base::usage("train.input", "this step needs the inputs \"model\" and \"interactions\"",
                       "inputs");
  TRY(auto model, load_model(folder->second));
  TRY(const auto interactions, read_interactions(rows->second));
  const Renumbered renumbered = renumber(interactions, model.card.items);
  if (renumbered.cases.empty())
    return base::usage("train.input", "no user's last item is known to the model",
                       "inputs.interactions");
  RankingMetrics known = evaluate(*model.recommender, renumbered.cases);
  std::vector<std::uint32_t> ranks = known.ranks;
  ranks.insert(ranks.end(), renumbered.unknown_targets,
               static_cast<std::uint32_t>(model.card.items.size()) + 1);
  const RankingMetrics all = metrics_of(std::move(ranks), known.repeats);
  const Latency latency =
      measure_latency(*model.recommender, renumbered.cases, base::system_clock());
  base::json::object report{{"kind", model.card.kind},
                            {"model", metrics_json(all, spec.seed)},
                            {"unknown_targets", renumbered.unknown_targets},
                            {"p50_ms", latency.p50_ms},
                            {"p95_ms", latency.p95_ms},
                            {"latency_n", latency.n}};
  if (const auto robust =
          measure_robustness(*model.recommender, renumbered.cases, known, spec.seed)) {
    report["robustness"] = robust->value;
    report["robustness_n"] = robust->n;
  }
  return exec::StepResult{{}, std::move(report), {}};
}

}  // namespace

base::Result<exec::StepResult> step_evaluate(const exec::StepSpec& spec,
                                             exec::StepProgress& progress) {
  progress.at(0, 0, "evaluating");
  try {
    return run_evaluate(spec);
  } catch (const std::exception& error) {
    return base::failed("train.failed", error.what());
  }
}

}  // namespace fulcrum::train

#include "sched/twin/whatif.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/codec.h"
#include "base/text.h"
#include "sched/twin/advise.h"
#include "sched/twin/simulation.h"

namespace fulcrum::sched {

namespace {

std::string verdict_of(const Estimate& difference, bool less_is_better) {
  if (difference.low == 0 && difference.high == 0) return "same";
  if (difference.low > 0) return less_is_better ? "worse" : "better";
  if (difference.high < 0) return less_is_better ? "better" : "worse";
  return "unclear";
}

std::string words_of(const WhatIfRow& row, Measure measure) {
  const std::string name = measure_name(measure);
  const std::string before = measure_text(measure, row.base.mean);
  const std::string after = measure_text(measure, row.changed.mean);
  if (row.verdict == "same") return base::text("whatif.same", name, before);
  const auto percent = [](double part) { return fmt::format("{:+.1f}", 100 * part); };
  return base::text("whatif.words", name, before, after, percent(row.relative_difference.mean),
                    percent(row.relative_difference.low), percent(row.relative_difference.high),
                    base::text("whatif." + row.verdict));
}

base::json::object world_json(const Scenario& world) {
  base::json::array nodes;
  const auto add = [&](const ClusterSize& size) {
    nodes.push_back(base::json::object{{"nodes", size.nodes},
                                       {"devices", size.devices},
                                       {"model", size.model},
                                       {"price_usd_per_hour", size.price_usd_per_hour}});
  };
  add(world.size);
  for (const ClusterSize& more : world.size.more) add(more);
  return {{"policy", world.policy_name},
          {"cluster", std::move(nodes)},
          {"devices", devices_of(world.size)},
          {"usd_per_hour", usd_per_hour_of(world.size)}};
}

/// Kinds with a model that no job names, where jobs do name models.
void remark_models(const ScenarioPlan& plan, std::vector<std::string>& words) {
  const auto& named = plan.trace->models;
  for (const ClusterSize& kind : plan.scenarios[1].size.more)
    if (!named.empty() && !kind.model.empty() &&
        std::find(named.begin(), named.end(), kind.model) == named.end())
      words.push_back(base::text("whatif.model_unnamed", kind.model));
}

/// What the nodes cost an hour, where a price is known.
void say_price(const ScenarioPlan& plan, std::vector<std::string>& words) {
  const double before = usd_per_hour_of(plan.scenarios[0].size);
  const double after = usd_per_hour_of(plan.scenarios[1].size);
  if (before > 0 || after > 0)
    words.push_back(base::text("whatif.usd_per_hour", fmt::format("{:.2f}", before),
                               fmt::format("{:.2f}", after)));
}

}  // namespace

WhatIf what_if(const ScenarioPlan& plan, const std::vector<std::vector<Outcome>>& outcomes) {
  WhatIf answer;
  answer.blocks = blocks_of(*plan.trace);
  for (std::size_t m = 0; m < kMeasureCount; ++m) {
    const auto measure = static_cast<Measure>(m);
    const MeasureFacts& facts = kMeasures[m];
    WhatIfRow row{std::string(facts.name),
                  std::string(facts.unit),
                  level(outcomes, 0, measure),
                  level(outcomes, 1, measure),
                  difference(outcomes, 1, 0, measure),
                  relative_difference(outcomes, 1, 0, measure),
                  {}};
    const bool is_nothing = row.base.mean == 0 && row.changed.mean == 0;
    if (is_nothing && (facts.unit == "USD" || measure == Measure::never_started)) continue;
    row.verdict = verdict_of(row.difference, facts.less_is_better);
    if (measure != Measure::cost) answer.words.push_back(words_of(row, measure));
    answer.rows.push_back(std::move(row));
  }
  say_price(plan, answer.words);
  remark_models(plan, answer.words);
  return answer;
}

base::json::object to_json(const WhatIf& answer, const ScenarioPlan& plan) {
  return {{"simulated", true},
          {"base", world_json(plan.scenarios[0])},
          {"changed", world_json(plan.scenarios[1])},
          {"predictions", prediction_name(plan.prediction)},
          {"resamples", plan.resamples},
          {"seed", plan.seed},
          {"blocks", base::encode(answer.blocks)},
          {"differences", base::encode(answer.rows)},
          {"words", base::encode(answer.words)}};
}

}  // namespace fulcrum::sched

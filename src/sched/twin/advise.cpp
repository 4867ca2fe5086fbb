#include "sched/twin/advise.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/codec.h"
#include "base/spelling.h"
#include "base/text.h"
#include "sched/twin/simulation.h"

namespace fulcrum::sched {

namespace {

constexpr std::string_view kReference = "fifo";
constexpr double kWorthSaying = 0.01;  // of the reference's value
constexpr std::size_t kMostLosses = 3;
/// In the order in which they would be told.
constexpr Measure kToldOf[] = {Measure::large_wait_p99, Measure::wait_p99, Measure::small_wait_p99,
                               Measure::weighted_wait,  Measure::wait,     Measure::wait_p90,
                               Measure::slowdown,       Measure::makespan, Measure::utilization};

const MeasureFacts& facts_of(Measure measure) {
  return kMeasures[static_cast<std::size_t>(measure)];
}

bool on_worse_side(const Estimate& difference, Measure measure) {
  return facts_of(measure).less_is_better ? difference.low > 0 : difference.high < 0;
}

std::size_t reference_of(const ScenarioPlan& plan, const std::vector<std::size_t>& ranked) {
  for (std::size_t i = 0; i < plan.scenarios.size(); ++i)
    if (plan.scenarios[i].name == kReference) return i;
  return ranked.back();
}

std::string signed_text(Measure measure, double value) {
  return (value < 0 ? "-" : "+") + measure_text(measure, std::abs(value));
}

/// "smith: 34 % less weighted waiting than fifo [30, 38]".
std::string gain_words(const AdviceRow& row, const Advice& advice) {
  Estimate percent{-100 * row.to_reference.mean, -100 * row.to_reference.high,
                   -100 * row.to_reference.low};
  const bool more = percent.mean < 0;
  if (more) percent = {-percent.mean, -percent.high, -percent.low};
  return base::text(more ? "advise.more" : "advise.less", row.policy,
                    fmt::format("{:.0f}", percent.mean), measure_name(advice.objective),
                    advice.reference, fmt::format("{:.0f}", percent.low),
                    fmt::format("{:.0f}", percent.high));
}

/// What a scenario is clearly worse at than the reference; empty for nothing.
std::string loss_words(const std::vector<std::vector<Outcome>>& outcomes, std::size_t scenario,
                       std::size_t reference, Measure objective) {
  std::string list;
  std::size_t told = 0;
  for (const Measure measure : kToldOf) {
    if (measure == objective || told == kMostLosses) continue;
    const Estimate by = difference(outcomes, scenario, reference, measure);
    const double whole = level(outcomes, reference, measure).mean;
    if (!on_worse_side(by, measure) || std::abs(by.mean) < kWorthSaying * std::abs(whole)) continue;
    list += list.empty() ? "" : base::text("advise.comma");
    list += measure_name(measure) + " " + signed_text(measure, by.mean);
    ++told;
  }
  return list;
}

std::vector<std::string> words_of(const Advice& advice,
                                  const std::vector<std::vector<Outcome>>& outcomes,
                                  const std::vector<std::size_t>& ranked, std::size_t reference) {
  const AdviceRow& best = advice.rows.front();
  std::vector<std::string> words{base::text("advise.best", best.policy,
                                            measure_name(advice.objective),
                                            measure_text(advice.objective, best.value.mean))};
  std::string tied;
  for (std::size_t i = 1; i < advice.rows.size(); ++i)
    if (!advice.rows[i].clearly_worse)
      tied += (tied.empty() ? "" : base::text("advise.comma")) + advice.rows[i].policy;
  if (!tied.empty()) words.push_back(base::text("advise.tied", tied));
  for (std::size_t i = 0; i < advice.rows.size(); ++i) {
    if (ranked[i] == reference) continue;
    std::string line = gain_words(advice.rows[i], advice);
    const std::string lost = loss_words(outcomes, ranked[i], reference, advice.objective);
    if (!lost.empty()) line += base::text("advise.loses", lost);
    words.push_back(std::move(line));
  }
  return words;
}

}  // namespace

base::Result<Measure> parse_objective(std::string_view text) {
  if (text == "cost") return Measure::weighted_wait;
  std::vector<std::string_view> known{"cost"};
  for (std::size_t i = 0; i < kMeasureCount; ++i) {
    if (kMeasures[i].name == text) return static_cast<Measure>(i);
    known.push_back(kMeasures[i].name);
  }
  const std::string near = base::nearest(std::string(text), known);
  return base::usage("advise.objective", fmt::format("no objective is called {}", text),
                     "objective",
                     near.empty() ? fmt::format("objectives: {}", fmt::join(known, ", "))
                                  : fmt::format("did you mean {}?", near));
}

std::string measure_name(Measure measure) {
  return base::text(fmt::format("measure.{}", facts_of(measure).name));
}

std::string measure_text(Measure measure, double value) {
  if (measure == Measure::utilization) return fmt::format("{:.1f} %", 100 * value);
  const std::string_view unit = facts_of(measure).unit;
  if (unit == "USD") return fmt::format("{:.0f} USD", value);
  if (unit != "s") return fmt::format("{:.2f}", value);
  const double size = std::abs(value);
  if (size < 120) return base::text("span.seconds", fmt::format("{:.0f}", value));
  if (size < 7200) return base::text("span.minutes", fmt::format("{:.1f}", value / 60));
  if (size < 172800) return base::text("span.hours", fmt::format("{:.1f}", value / 3600));
  return base::text("span.days", fmt::format("{:.1f}", value / 86400));
}

std::vector<std::string> method_words(const ScenarioPlan& plan, const Blocks& blocks) {
  std::vector<std::string> words;
  if (plan.resamples > 0)
    words.push_back(base::text("advise.method", plan.resamples,
                               measure_text(Measure::wait, blocks.block_s), plan.seed));
  words.push_back(base::text(fmt::format("advise.knows_{}", prediction_name(plan.prediction))));
  return words;
}

Advice advise(const ScenarioPlan& plan, const std::vector<std::vector<Outcome>>& outcomes,
              Measure objective) {
  Advice advice;
  advice.objective = objective;
  advice.blocks = blocks_of(*plan.trace);
  std::vector<std::size_t> ranked(plan.scenarios.size());
  std::vector<double> means;
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    ranked[i] = i;
    const double mean = level(outcomes, i, objective).mean;
    means.push_back(facts_of(objective).less_is_better ? mean : -mean);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [&](std::size_t a, std::size_t b) { return means[a] < means[b]; });
  const std::size_t best = ranked.front(), reference = reference_of(plan, ranked);
  advice.reference = plan.scenarios[reference].name;
  for (const std::size_t i : ranked) {
    AdviceRow row;
    row.policy = plan.scenarios[i].name;
    row.on_trace = value_of(outcomes[0][i], objective);
    row.value = level(outcomes, i, objective);
    row.to_best = difference(outcomes, i, best, objective);
    row.relative_to_best = relative_difference(outcomes, i, best, objective).mean;
    row.to_reference = relative_difference(outcomes, i, reference, objective);
    row.clearly_worse = i != best && on_worse_side(row.to_best, objective);
    for (std::size_t m = 0; m < kMeasureCount; ++m)
      row.measures[std::string(kMeasures[m].name)] = level(outcomes, i, static_cast<Measure>(m));
    advice.rows.push_back(std::move(row));
  }
  advice.words = words_of(advice, outcomes, ranked, reference);
  return advice;
}

base::json::object to_json(const Advice& advice, const ScenarioPlan& plan) {
  return {{"simulated", true},
          {"objective", facts_of(advice.objective).name},
          {"unit", facts_of(advice.objective).unit},
          {"best", advice.rows.front().policy},
          {"reference", advice.reference},
          {"predictions", prediction_name(plan.prediction)},
          {"resamples", plan.resamples},
          {"seed", plan.seed},
          {"blocks", base::encode(advice.blocks)},
          {"ranking", base::encode(advice.rows)},
          {"words", base::encode(advice.words)}};
}

}  // namespace fulcrum::sched

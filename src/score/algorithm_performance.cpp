// Algorithm performance, from the newest training run or from evidence.record, whichever is newer.
// Runs whose signal was destroyed on purpose and runs of plain baselines do not count.
#include <fmt/format.h>

#include <algorithm>

#include "score/factor_list.h"

namespace fulcrum::score {

namespace {

constexpr const char* kScore = "algorithm_performance";

/// A metric in its own unit, with a 95 % interval.
struct Reading {
  double value = 0, low = 0, high = 0;
  bool has_interval = false;
  std::int64_t n = 0;
  std::string method = {};
  Trace trace = {};
};

bool is_baseline(const std::string& kind) {
  return kind == "popularity" || kind == "item_knn";
}

std::optional<Reading> read_run(const Evidence& evidence, const std::string& metric,
                                bool simulated) {
  const auto runs =
      evidence.rows({.table = "train_runs",
                     .where = {{.column = "shuffled", .value = std::int64_t{0}},
                               {.column = "simulated", .value = std::int64_t{simulated}}},
                     .order = {"-seq"},
                     .limit = 100});
  for (const auto& run : runs) {
    if (is_baseline(run.text("kind"))) continue;
    const auto facts = base::parse_json(run.text("facts"), "train_runs.facts");
    if (!facts) continue;
    const auto* found = base::find_path(*facts, "metrics." + metric);
    if (!found || !found->is_object()) continue;
    Reading reading{.value = base::get_number(*found, "value"),
                    .low = base::get_number(*found, "low"),
                    .high = base::get_number(*found, "high"),
                    .n = base::get_integer(*found, "n"),
                    .method = "training run"};
    reading.has_interval =
        reading.low <= reading.value && reading.value <= reading.high && reading.low < reading.high;
    reading.trace = {run.seq(), fmt::format("run {} ({}): {} = {:.4g} (n {})", run.text("run"),
                                            run.text("kind"), metric, reading.value, reading.n)};
    return reading;
  }
  return std::nullopt;
}

std::optional<Reading> read_evidence(const Evidence& evidence, const char* factor,
                                     const std::string& metric, bool simulated) {
  const auto row = evidence.recorded(kScore, factor, simulated);
  if (!row || row->text("metric") != metric) return std::nullopt;
  const auto low = row->optional_real("low"), high = row->optional_real("high");
  return Reading{.value = row->real("value"),
                 .low = low.value_or(0),
                 .high = high.value_or(0),
                 .has_interval = low && high,
                 .n = row->integer("n"),
                 .method = row->text("method"),
                 .trace = {row->seq(), fmt::format("{} {} = {:.4g} from {}", factor, metric,
                                                   row->real("value"), row->text("source"))}};
}

std::optional<Reading> newest_reading(const Evidence& evidence, const char* factor,
                                      const std::string& metric, bool simulated) {
  auto run = read_run(evidence, metric, simulated);
  auto recorded = read_evidence(evidence, factor, metric, simulated);
  if (run && recorded) return run->trace.seq > recorded->trace.seq ? run : recorded;
  return run ? run : recorded;
}

/// `to_factor` maps the metric to [0, 1]; it may turn the interval round (latency).
template <class ToFactor>
Measured factor_from(const Evidence& evidence, const char* factor, const std::string& metric,
                     const ToFactor& to_factor) {
  Measured measured;
  for (const bool simulated : {false, true}) {
    const auto reading = newest_reading(evidence, factor, metric, simulated);
    if (!reading) continue;
    Figure figure;
    figure.value = to_factor(reading->value);
    figure.n = reading->n;
    figure.method = reading->method;
    if (reading->has_interval) {
      const double a = to_factor(reading->low), b = to_factor(reading->high);
      figure.interval = {std::min({a, b, figure.value}), std::max({a, b, figure.value})};
    } else if (reading->value >= 0 && reading->value <= 1) {
      // A mean of values in [0, 1]: Wilson's bounds of the metric, then mapped.
      const Interval bounds = wilson(reading->value, static_cast<double>(reading->n));
      const double a = to_factor(bounds.low), b = to_factor(bounds.high);
      figure.interval = {std::min({a, b, figure.value}), std::max({a, b, figure.value})};
      figure.method += "; interval: Wilson";
    } else {
      figure.method += "; interval: not measured";
    }
    figure.evidence.push_back(reading->trace);
    (simulated ? measured.simulated : measured.real) = std::move(figure);
  }
  return measured;
}

double share(double value) {
  return std::clamp(value, 0.0, 1.0);
}

Measured finish(const Evidence& evidence, const char* factor, Measured measured,
                std::string missing) {
  measured.missing = std::move(missing);
  return newest_of(std::move(measured), recorded_factor(evidence, kScore, factor));
}

}  // namespace

Measured model_accuracy(const Evidence& evidence) {
  const auto target = evidence.target(kScore, "accuracy");
  const std::string metric =
      target && !target->metric.empty() ? target->metric : std::string("ndcg_at_10");
  const double goal = target ? target->value : 1;
  Measured measured = factor_from(evidence, "accuracy", metric,
                                  [goal](double value) { return share(value / goal); });
  measured.target = fmt::format("{} {:.4g}", metric, goal);
  return finish(evidence, "accuracy", std::move(measured),
                fmt::format("train and evaluate a model: a run with the metric {}", metric));
}

Measured model_speed(const Evidence& evidence) {
  const auto target = evidence.target(kScore, "speed");
  Measured measured;
  if (target) {
    const std::string metric = target->metric.empty() ? std::string("p95_ms") : target->metric;
    const double goal = target->value;
    measured = factor_from(evidence, "speed", metric,
                           [goal](double value) { return value > 0 ? share(goal / value) : 0.0; });
    measured.target = fmt::format("{} {:.4g}", metric, goal);
  }
  return finish(evidence, "speed", std::move(measured),
                target ? "measure the p95 latency: evidence.record with metric p95_ms"
                       : "declare a latency target: scorecard.declare algorithm_performance speed "
                         "p95_ms");
}

Measured model_scalability(const Evidence& evidence) {
  return finish(evidence, "scalability", factor_from(evidence, "scalability", "scalability", share),
                "measure throughput at 1 and at k workers and record their efficiency");
}

Measured model_robustness(const Evidence& evidence) {
  return finish(evidence, "robustness", factor_from(evidence, "robustness", "robustness", share),
                "evaluate the model on perturbed inputs and record metric / clean metric");
}

}  // namespace fulcrum::score

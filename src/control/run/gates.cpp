// Evaluation gates: does the trained model reach what the plan asks for?
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "control/run/reported_figures.h"
#include "control/run/step_context.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

struct Spread {
  double mean = 0;
  double low = 0;  // of the seeds
  double high = 0;
  std::size_t seeds = 0;
};

std::optional<Spread> over_seeds(const StepContext& context, const std::string& metric) {
  Spread spread;
  for (const auto& [id, input] : context.step.inputs) {
    if (id.starts_with("baseline.")) continue;
    const auto figure = reported_figure(context.finished.at(input.step).report, metric);
    if (!figure) return std::nullopt;
    const double value = figure->value;
    spread.low = spread.seeds == 0 ? value : std::min(spread.low, value);
    spread.high = spread.seeds == 0 ? value : std::max(spread.high, value);
    spread.mean += value;
    ++spread.seeds;
  }
  if (spread.seeds == 0) return std::nullopt;
  spread.mean /= static_cast<double>(spread.seeds);
  return spread;
}

struct Bound {
  double target = 0;
  bool passed = false;
  std::string text;
};

base::Result<Bound> judge(const StepContext& context, const plan::Gate& gate, double value) {
  if (gate.at_least)
    return Bound{*gate.at_least, value >= *gate.at_least, fmt::format("≥ {:.4g}", *gate.at_least)};
  if (gate.at_most)
    return Bound{*gate.at_most, value <= *gate.at_most, fmt::format("≤ {:.4g}", *gate.at_most)};
  const auto baseline =
      reported_figure(context.finished.at("baseline." + gate.above).report, gate.metric);
  if (!baseline)
    return base::failed("gate.metric",
                        fmt::format("baseline {} reported no {}", gate.above, gate.metric));
  return Bound{baseline->value, value > baseline->value,
               fmt::format("> {} ({:.4g})", gate.above, baseline->value)};
}

}  // namespace

base::Result<StepEnding> evaluate_gates(StepContext& context) {
  StepEnding ending;
  json::array gates;
  std::vector<std::string> missed;
  for (const auto& gate : context.plan.evaluation.gates) {
    const auto spread = over_seeds(context, gate.metric);
    if (!spread)
      return base::failed("gate.metric",
                          fmt::format("gate {}: training reported no {}", gate.id, gate.metric),
                          "`fulcrum plan show` lists the reported figures");
    TRY(const Bound bound, judge(context, gate, spread->mean));
    if (!bound.passed && gate.blocking)
      missed.push_back(fmt::format("{}: {} is {:.4g}, wanted {}", gate.id, gate.metric,
                                   spread->mean, bound.text));
    gates.push_back(json::object{{"gate", gate.id},
                                 {"metric", gate.metric},
                                 {"value", spread->mean},
                                 {"low", spread->low},
                                 {"high", spread->high},
                                 {"seeds", spread->seeds},
                                 {"target", bound.target},
                                 {"wanted", bound.text},
                                 {"passed", bound.passed},
                                 {"blocking", gate.blocking}});
    ending.result.commands.push_back(
        {"gate.record",
         json::object{{"gate", gate.id},
                      {"value", spread->mean},
                      {"target", bound.target},
                      {"passed", bound.passed},
                      {"evidence", json::array{json::string("plan/" + context.run)}}}});
  }
  ending.result.report = json::object{{"gates", std::move(gates)}};
  if (!missed.empty()) {
    ending.state = "refused";
    ending.reason = {base::ErrorKind::kRefused,
                     "gate.missed",
                     fmt::format("{}", fmt::join(missed, "; ")),
                     {},
                     "train better, or change the gate in the plan's evaluation section"};
  }
  return ending;
}

}  // namespace fulcrum::control

#include "sched/twin/simulation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/codec.h"
#include "sched/twin/portfolio.h"

namespace fulcrum::sched {

namespace {

constexpr std::pair<std::string_view, Prediction> kPredictions[] = {
    {"perfect", Prediction::kPerfect},
    {"limit", Prediction::kLimit},
    {"given", Prediction::kGiven},
    {"last_two", Prediction::kLastTwo},
};

void flatten(const std::string& prefix, const base::json::value& value,
             std::vector<std::pair<std::string, std::string>>& cells) {
  if (const auto* object = value.if_object()) {
    for (const auto& [key, inner] : *object)
      flatten(prefix.empty() ? std::string(key) : prefix + "." + std::string(key), inner, cells);
  } else {
    cells.emplace_back(prefix,
                       value.is_string() ? std::string(value.get_string()) : base::to_text(value));
  }
}

}  // namespace

base::Result<Prediction> parse_prediction(std::string_view text, const Trace& trace) {
  if (text == "auto") {
    const auto most = [&](double TraceJob::*member) {
      const auto known = std::count_if(trace.jobs.begin(), trace.jobs.end(),
                                       [&](const TraceJob& job) { return job.*member > 0; });
      return 2 * static_cast<std::size_t>(known) > trace.jobs.size();
    };
    if (most(&TraceJob::predicted_s)) return Prediction::kGiven;
    return most(&TraceJob::limit_s) ? Prediction::kLimit : Prediction::kPerfect;
  }
  for (const auto& [name, value] : kPredictions)
    if (name == text) return value;
  return base::usage("sim.predict", fmt::format("no predictions are called {}", text), "predict",
                     "auto, perfect, limit, given or last_two");
}

std::string_view prediction_name(Prediction prediction) {
  for (const auto& [name, value] : kPredictions)
    if (value == prediction) return name;
  return {};
}

SimulationRun simulate(const Trace& trace, const ClusterSize& size, Prediction prediction,
                       const std::string& name, const Policy& policy, std::uint64_t seed,
                       double (*clock_s)(), bool in_detail) {
  Cluster cluster = make_cluster(size, trace);
  Workload workload;
  if (seed == 0) {
    workload = make_workload(trace, size, cluster, prediction);
  } else {
    Trace drawn = trace;
    shuffle_ties(drawn, seed);
    workload = make_workload(drawn, size, cluster, prediction);
  }
  BrainOptions options;
  options.policy = policy;
  options.seed = seed;
  SimulationRun run;
  run.policy = name;
  run.seed = seed;
  const double from_s = clock_s();
  Portfolio portfolio(default_portfolio());
  const bool adapts = name == kAdaptive;
  if (adapts) options.policy = portfolio.first();
  Holdings holdings(in_detail ? workload.jobs.size() : 0);
  const Replay result =
      replay(cluster, workload, std::move(options), in_detail ? holdings.watcher() : Watcher{},
             adapts ? &portfolio : nullptr);
  run.seconds = clock_s() - from_s;
  run.decisions = result.decisions;
  const double devices = devices_of(size);
  run.figures = figures_of(workload, result, devices, usd_per_hour_of(size));
  run.timeline = timeline_of(workload, result, devices);
  if (in_detail) run.detail = detail_of(cluster, workload, result, holdings, run.timeline.time_s);
  if (trace.groups.size() <= kMostGroups) {
    const auto groups = figures_by_group(workload, result);
    for (std::size_t group = 0; group < groups.size(); ++group)
      if (groups[group].jobs > 0) run.by_group[trace.groups[group]] = groups[group];
  }
  return run;
}

base::json::object to_json(const SimulationRun& run, Prediction prediction) {
  const auto figures = base::encode(run.figures).get_object();
  base::json::object line{
      {"policy", run.policy},
      {"seed", run.seed},
      {"predictions", prediction_name(prediction)},
      {"jobs", run.figures.jobs},
      {"seconds", run.seconds},
      {"jobs_per_s", run.seconds > 0 ? static_cast<double>(run.figures.jobs) / run.seconds : 0.0},
      {"decisions", run.decisions}};
  for (const auto& [key, value] : figures) line[key] = value;
  if (run.elastic) {
    const auto more = base::encode(*run.elastic).get_object();
    for (const auto& [key, value] : more) line[key] = value;
  }
  if (run.by_group.size() > 1) line["by_group"] = base::encode(run.by_group);
  return line;
}

base::json::object timeline_json(const SimulationRun& run) {
  base::json::object line{{"policy", run.policy}, {"seed", run.seed}};
  const auto timeline = base::encode(run.timeline).get_object();
  for (const auto& [key, value] : timeline) line[key] = value;
  if (!run.detail.part.empty()) line["detail"] = base::encode(run.detail);
  return line;
}

std::string to_csv(const std::vector<SimulationRun>& runs, Prediction prediction) {
  constexpr const char* kOfElastic[] = {"restarts_per_job", "rounds", "fixed_share_fairness"};
  const bool ragged =  // not all runs have these
      !std::all_of(runs.begin(), runs.end(), [](const auto& run) { return bool(run.elastic); });
  std::string text;
  for (const SimulationRun& run : runs) {
    std::vector<std::pair<std::string, std::string>> cells;
    auto line_of = to_json(run, prediction);
    line_of.erase("by_group");
    if (ragged)
      for (const char* name : kOfElastic) line_of.erase(name);
    flatten("", line_of, cells);
    if (text.empty()) {
      for (const auto& [name, value] : cells) text += (text.empty() ? "" : ",") + name;
      text += '\n';
    }
    std::string line;
    for (const auto& [name, value] : cells) line += (line.empty() ? "" : ",") + value;
    text += line + '\n';
  }
  return text;
}

}  // namespace fulcrum::sched

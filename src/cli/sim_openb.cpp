#include "cli/sim_openb.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "base/spelling.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/report_files.h"
#include "sched/report/report.h"
#include "sched/stages/stages.h"
#include "sched/trace/openb.h"
#include "sched/twin/packing.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

constexpr double kLoadStep = 0.1;
constexpr double kMostLoad = 100;
constexpr std::size_t kSamples = 260;  // of a report's plots

struct Inputs {
  sched::OpenbNodes nodes;
  sched::OpenbPods pods;
  std::vector<const sched::PlaceStage*> stages;
};

using Figures = sched::PackingLine;

base::Result<const sched::PlaceStage*> stage_of(const std::string& name) {
  if (const auto* stage = sched::find_place_stage(name)) return stage;
  std::vector<std::string_view> known;
  for (const auto* stage : sched::place_stages()) known.push_back(stage->name);
  const std::string near = base::nearest(name, known);
  return base::usage("policy.unknown", fmt::format("no place stage is called {}", name), "policy",
                     near.empty() ? fmt::format("place stages: {}", fmt::join(known, ", "))
                                  : fmt::format("did you mean {}?", near));
}

base::Result<Inputs> read_inputs(const SimOpenbOptions& options) {
  Inputs inputs;
  for (const std::string& name : options.policies) {
    TRY(const auto* stage, stage_of(name));
    inputs.stages.push_back(stage);
  }
  if (!(options.load > 0 && options.load <= kMostLoad))
    return base::usage("sim.load", fmt::format("a load is above 0 and at most {}", kMostLoad),
                       "load", "--load 1.3 stops at 130 % of the cluster's devices");
  if (options.nodes.empty())
    return base::usage("sim.nodes", "the openb format needs a list of nodes", "nodes",
                       "--nodes openb_node_list_gpu_node.csv");
  TRY(inputs.nodes, sched::read_openb_nodes(options.nodes, options.lenient));
  CHECK_OK(sched::order_openb_nodes(inputs.nodes, options.node_order));
  TRY(inputs.pods, sched::read_openb_pods(options.trace, inputs.nodes.models, options.lenient));
  return inputs;
}

/// "1.0", "1.3": every step and the load itself.
std::vector<std::pair<std::string, double>> loads_up_to(double load) {
  std::vector<std::pair<std::string, double>> loads;
  for (int step = 1; step * kLoadStep < load - 1e-9; ++step)
    loads.emplace_back(fmt::format("{:.1f}", step * kLoadStep), step * kLoadStep);
  const bool is_step = std::fabs(std::round(load / kLoadStep) * kLoadStep - load) < 1e-9;
  loads.emplace_back(is_step ? fmt::format("{:.1f}", load) : fmt::format("{:g}", load), load);
  return loads;
}

sched::Cluster cluster_of(const Inputs& inputs) {
  sched::Cluster cluster;
  for (const auto& node : inputs.nodes.nodes) cluster.add_node(node);
  return cluster;
}

/// `samples`: how many the report wants of this run; it is played again for them, so that they
/// are not in its seconds.
Figures run_once(const Inputs& inputs, const SimOpenbOptions& options,
                 const sched::PlaceStage& stage, std::uint64_t seed, std::size_t samples) {
  sched::Cluster cluster = cluster_of(inputs);
  std::vector<sched::ShapeIndex> tasks;
  for (const auto& pod : inputs.pods.pods) tasks.push_back(cluster.shape(pod.shape));
  const auto typical = sched::typical_shapes(cluster, tasks);
  sched::PackingOptions packing{&stage, options.load, seed, 0};
  const auto arrivals = sched::arrivals(cluster, tasks, packing);
  const auto begin = std::chrono::steady_clock::now();
  const sched::PackingRun run = sched::pack(cluster, arrivals, typical, packing);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  Figures figures;
  figures.policy = stage.name;
  figures.seed = seed;
  figures.decisions = run.decisions;
  figures.seconds = took.count();
  figures.gpu_unplaced = run.gpu_unplaced;
  for (const auto& [key, load] : loads_up_to(options.load))
    figures.allocation_ratio.emplace_back(key, sched::allocation_ratio(cluster, run, load));
  if (samples > 0) {
    sched::Cluster again = cluster_of(inputs);
    for (const auto& pod : inputs.pods.pods) again.shape(pod.shape);
    packing.samples = samples;
    figures.samples =
        sched::pack(again, arrivals, sched::typical_shapes(again, tasks), packing).samples;
  }
  return figures;
}

json::value to_json(const Figures& figures) {
  json::object ratios;
  for (const auto& [load, ratio] : figures.allocation_ratio)
    ratios[load] = std::isnan(ratio) ? json::value(nullptr) : json::value(ratio);
  return json::object{
      {"policy", figures.policy},
      {"seed", figures.seed},
      {"decisions", figures.decisions},
      {"seconds", figures.seconds},
      {"decisions_per_s",
       figures.seconds > 0 ? static_cast<double>(figures.decisions) / figures.seconds : 0},
      {"allocation_ratio", std::move(ratios)},
      {"gpu_unplaced", figures.gpu_unplaced}};
}

/// One object: the runs, and the samples of each policy's first.
base::Status write_report(const SimOpenbOptions& options, const std::vector<Figures>& runs) {
  TRY(auto files, sched::report_of({options.nodes.filename().string(),
                                    options.trace.filename().string(), options.load},
                                   runs));
  json::array lines;
  std::string csv = "policy,seed,decisions,seconds,gpu_unplaced";
  for (const auto& [load, ratio] : runs.front().allocation_ratio)
    csv += ",allocation_ratio." + load;
  csv += "\n";
  for (const Figures& run : runs) {
    auto line = to_json(run).as_object();
    json::array samples;
    for (const auto& sample : run.samples)
      samples.push_back(json::object{{"arrived", sample.arrived},
                                     {"allocated", sample.allocated},
                                     {"fragmented", sample.fragmented}});
    if (!samples.empty()) line["samples"] = std::move(samples);
    lines.push_back(std::move(line));
    csv += fmt::format("{},{},{},{},{}", run.policy, run.seed, run.decisions, run.seconds,
                       run.gpu_unplaced);
    for (const auto& [load, ratio] : run.allocation_ratio)
      csv += std::isnan(ratio) ? std::string(",") : fmt::format(",{}", ratio);
    csv += "\n";
  }
  files.push_back(
      {"results.json",
       base::to_text(json::object{{"simulated", true}, {"runs", std::move(lines)}}) + "\n"});
  files.push_back({"results.csv", std::move(csv)});
  return write_files(options.report, files);
}

std::string percent_at(const Figures& figures, std::string_view load) {
  for (const auto& [key, ratio] : figures.allocation_ratio)
    if (key == load && !std::isnan(ratio)) return fmt::format("{:.2f}", 100 * ratio);
  return "–";
}

void print_table(const std::vector<Figures>& runs) {
  base::TableText table;
  const std::string last = runs.front().allocation_ratio.back().first;
  table.header = {base::text("sim.openb_policy"), base::text("sim.openb_seed"),
                  base::text("sim.openb_allocated", "1.0")};
  if (last != "1.0") table.header.push_back(base::text("sim.openb_allocated", last));
  table.header.push_back(base::text("sim.openb_unplaced"));
  table.header.push_back(base::text("sim.openb_speed"));
  table.right_aligned = {false, true, true, true, true, true};
  for (const Figures& run : runs) {
    std::vector<std::string> row{run.policy, std::to_string(run.seed), percent_at(run, "1.0")};
    if (last != "1.0") row.push_back(percent_at(run, last));
    row.push_back(fmt::format("{:.1f}", run.gpu_unplaced));
    row.push_back(fmt::format("{:.0f}", static_cast<double>(run.decisions) / run.seconds));
    table.rows.push_back(std::move(row));
  }
  const std::string text = base::render(table);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void tell_skipped(const sched::SkippedRows& skipped, const Session& session) {
  if (skipped.count == 0) return;
  std::string reasons;
  for (const auto& error : skipped.first)
    reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", error.field, error.message);
  session.output.say(base::text("sim.skipped", skipped.count, reasons));
}

}  // namespace

int sim_openb(const SimOpenbOptions& options, const Session& session) {
  const auto inputs = read_inputs(options);
  if (!inputs) return session.output.error(inputs.error());
  tell_skipped(inputs->nodes.skipped, session);
  tell_skipped(inputs->pods.skipped, session);
  std::vector<Figures> runs;
  for (const auto* stage : inputs->stages)
    for (std::uint64_t i = 0; i < options.seeds; ++i)
      runs.push_back(run_once(*inputs, options, *stage, options.seed + i,
                              options.report.empty() || i > 0 ? 0 : kSamples));
  if (!options.report.empty())
    if (const auto written = write_report(options, runs); !written)
      return session.output.error(written.error());
  if (session.output.mode == OutputMode::kTable) {
    print_table(runs);
    return 0;
  }
  json::array list;
  for (const Figures& run : runs) list.push_back(to_json(run));
  session.output.value(runs.size() == 1 ? list[0] : json::value(std::move(list)));
  return 0;
}

}  // namespace fulcrum::cli

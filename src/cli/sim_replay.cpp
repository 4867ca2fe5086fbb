#include "cli/sim_replay.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/spelling.h"
#include "base/table.h"
#include "base/text.h"
#include "cli/report_files.h"
#include "sched/report/report.h"
#include "sched/twin/elastic_simulation.h"

namespace fulcrum::cli {

namespace {

namespace json = base::json;

double clock_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Plan {
  std::string name, cluster;  // as reports say
  sched::ClusterSize size;
  sched::Trace jobs;
  sched::Prediction prediction = sched::Prediction::kPerfect;
  struct Named {
    std::string name;
    sched::Policy policy;
    const sched::ResizeStage* resize = nullptr;  // instead of the policy
  };
  std::vector<Named> policies;
  std::optional<sched::ElasticTrace> elastic;  // the same jobs, where a policy resizes them
};

/// Fails with `policy.unknown`.
base::Result<Plan::Named> policy_of(const std::string& name) {
  if (const auto policy = sched::find_policy(name)) return Plan::Named{name, *policy};
  if (const auto* resize = sched::find_resize_stage(name)) return Plan::Named{name, {}, resize};
  std::vector<std::string_view> known;
  for (const auto& preset : sched::presets()) known.push_back(preset.name);
  for (const auto* stage : sched::resize_stage_list()) known.push_back(stage->name);
  const std::string near = base::nearest(name, known);
  return base::usage("policy.unknown", fmt::format("no policy is called {}", name), "policy",
                     near.empty() ? fmt::format("policies: {}", fmt::join(known, ", "))
                                  : fmt::format("did you mean {}?", near));
}

/// Fails with `policy.resize` where the format does not say how jobs scale.
base::Result<sched::ElasticTrace> read_elastic(const TraceSource& source, std::string_view policy) {
  const auto reader = sched::find_elastic_format(source.format);
  if (reader == nullptr)
    return base::usage(
        "policy.resize",
        fmt::format("{} resizes or preempts jobs, and the format {} does not say how they take it",
                    policy, source.format),
        "policy",
        "use --format pollux or shockwave, or a policy that keeps jobs as asked (fifo, easy)");
  return reader(source.trace, sched::ReadOptions{source.lenient});
}

base::Result<Plan> plan_of(const SimReplayOptions& options, const Session& session) {
  Plan plan;
  std::string resizes;
  for (const std::string& name : options.policies) {
    TRY(auto policy, policy_of(name));
    if (policy.resize != nullptr) resizes = name;
    plan.policies.push_back(std::move(policy));
  }
  TRY(Sourced sourced, read_source(options.source, session));
  plan.jobs = std::move(sourced.trace);
  plan.size = sourced.size;
  CHECK_OK(price_clusters(options.source, {&plan.size}));
  plan.name = options.source.trace.empty() ? options.source.format
                                           : options.source.trace.filename().string();
  plan.cluster = fmt::format("{}x{}", plan.size.nodes, plan.size.devices);
  TRY(plan.prediction, sched::parse_prediction(options.predict, plan.jobs));
  if (!resizes.empty()) {
    if (!plan.size.more.empty())
      return base::usage("sim.cluster", fmt::format("{} takes nodes of one kind", resizes),
                         "cluster", "for example --cluster 16x4");
    TRY(plan.elastic, read_elastic(options.source, resizes));
  }
  return plan;
}

/// Policies and seeds share the processors; the order of the results does not depend on them.
std::vector<sched::SimulationRun> run_all(const Plan& plan, std::uint64_t seeds, bool in_detail) {
  std::vector<sched::SimulationRun> runs(plan.policies.size() * seeds);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < runs.size(); i = next++) {
      const auto& [name, policy, resize] = plan.policies[i / seeds];
      runs[i] = resize != nullptr
                    ? sched::simulate_elastic(*plan.elastic, plan.jobs, plan.size, *resize, clock_s)
                    : sched::simulate(plan.jobs, plan.size, plan.prediction, name, policy,
                                      i % seeds, clock_s, in_detail);
    }
  };
  const std::size_t threads =
      std::min<std::size_t>(runs.size(), std::max(1U, std::thread::hardware_concurrency()));
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  others.clear();
  return runs;
}

std::string table_of(const std::vector<sched::SimulationRun>& runs) {
  base::TableText table;
  table.header = {"policy", "jobs",       "jct_s", "wait_s",    "wait_p90", "slowdown",
                  "util",   "makespan_s", "gap",   "ftf_worst", "jobs/s"};
  table.right_aligned.assign(table.header.size(), true);
  table.right_aligned[0] = false;
  const bool seeds =
      std::any_of(runs.begin(), runs.end(), [](const auto& run) { return run.seed > 0; });
  for (const auto& run : runs) {
    const auto& figures = run.figures;
    table.rows.push_back(
        {seeds ? fmt::format("{} #{}", run.policy, run.seed) : run.policy,
         fmt::format("{}", figures.jobs), fmt::format("{:.0f}", figures.jct_s.mean),
         fmt::format("{:.0f}", figures.wait_s.mean), fmt::format("{:.0f}", figures.wait_s.p90),
         fmt::format("{:.2f}", figures.bounded_slowdown.mean),
         fmt::format("{:.4f}", figures.utilization), fmt::format("{:.0f}", figures.makespan_s),
         run.elastic && figures.cost_lower_bound == 0 ? "–" : fmt::format("{:.4f}", figures.gap),
         fmt::format("{:.2f}", figures.finish_time_fairness.worst),
         fmt::format("{:.0f}",
                     run.seconds > 0 ? static_cast<double>(figures.jobs) / run.seconds : 0.0)});
  }
  return base::render(table);
}

json::object skipped_json(const Plan& plan) {
  json::object skipped;
  for (const auto& [reason, count] : plan.jobs.skipped) skipped[reason] = count;
  return skipped;
}

json::object result_json(const Plan& plan, const std::vector<sched::SimulationRun>& runs) {
  json::array lines;
  for (const auto& run : runs) lines.push_back(sched::to_json(run, plan.prediction));
  return {{"simulated", true}, {"skipped", skipped_json(plan)}, {"runs", std::move(lines)}};
}

base::Status write_report(const std::filesystem::path& folder, const Plan& plan,
                          const std::vector<sched::SimulationRun>& runs) {
  TRY(auto files,
      sched::report_of({plan.name, plan.cluster, plan.prediction, plan.jobs.skipped}, runs));
  json::object result = result_json(plan, runs);
  json::array timelines;
  for (const auto& run : runs) timelines.push_back(sched::timeline_json(run));
  result["timelines"] = std::move(timelines);
  files.push_back({"results.json", base::to_text(result) + "\n"});
  files.push_back({"results.csv", sched::to_csv(runs, plan.prediction)});
  return write_files(folder, files);
}

}  // namespace

int sim_replay(const SimReplayOptions& options, const Session& session) {
  const auto plan = plan_of(options, session);
  if (!plan) return session.output.error(plan.error());
  const auto runs =
      run_all(*plan, std::max<std::uint64_t>(1, options.seeds), !options.report.empty());
  if (!options.report.empty())
    if (const auto written = write_report(options.report, *plan, runs); !written)
      return session.output.error(written.error());
  if (session.output.mode != OutputMode::kTable) {
    json::object result;
    if (runs.size() == 1) {
      result = sched::to_json(runs[0], plan->prediction);
      result["skipped"] = skipped_json(*plan);
    } else {
      result = result_json(*plan, runs);
    }
    session.output.value(result);
    return 0;
  }
  const std::string text = table_of(runs);
  std::fwrite(text.data(), 1, text.size(), stdout);
  for (const auto& [reason, count] : plan->jobs.skipped)
    session.output.say(base::text("sim.skipped", count, reason));
  return 0;
}

}  // namespace fulcrum::cli

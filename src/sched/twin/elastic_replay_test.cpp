#include "sched/twin/elastic_replay.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/random.h"
#include "sched/twin/elastic_simulation.h"

namespace fulcrum::sched {

namespace {

constexpr double kSoon = 1e-6;

struct Rigid {
  double submit_s, duration_s;
  std::uint32_t asked;
};

ElasticWorkload work_of(const std::vector<Rigid>& jobs) {
  ElasticWorkload workload;
  for (const Rigid& job : jobs)
    workload.push_back({job.submit_s, 1, make_rigid(job.duration_s, job.asked)});
  return workload;
}

TEST(ElasticReplay, RoundsAndRestartsByHand) {
  ElasticWorkload workload = work_of({{10, 100, 2}, {20, 50, 2}});
  ElasticOptions options;
  options.devices = {2};
  const ElasticRun run = elastic_replay(workload, *find_resize_stage("none"), options);
  EXPECT_DOUBLE_EQ(run.start_s[0], 60);
  EXPECT_DOUBLE_EQ(run.end_s[0], 60 + 30 + 100);  // 30 s until it runs
  EXPECT_DOUBLE_EQ(run.start_s[1], 240);          // the first round's end after 190
  EXPECT_DOUBLE_EQ(run.end_s[1], 240 + 30 + 50);
  EXPECT_DOUBLE_EQ(run.held_device_s[0], 2 * 130);
  EXPECT_EQ(run.restarts[0] + run.restarts[1], 0U);
}

TEST(ElasticReplay, WhatIsLargerThanTheClusterNeverRuns) {
  ElasticWorkload workload = work_of({{0, 100, 9}, {0, 100, 1}});
  ElasticOptions options;
  options.devices = {4};
  const ElasticRun run = elastic_replay(workload, *find_resize_stage("shortest"), options);
  EXPECT_TRUE(std::isnan(run.start_s[0]));
  EXPECT_DOUBLE_EQ(run.end_s[1], 60 + 130);
}

RC_GTEST_PROP(ElasticReplay, WorkIsConservedOverPreemptionAndRestarts, ()) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  base::Random random(seed);
  std::vector<Rigid> jobs;
  double now_s = 0;
  for (std::uint64_t i = 0, count = 1 + random.below(15); i < count; ++i) {
    now_s += static_cast<double>(random.below(200));
    jobs.push_back({now_s, static_cast<double>(1 + random.below(1000)),
                    static_cast<std::uint32_t>(1 + random.below(4))});
  }
  ElasticOptions options;
  options.devices.assign(1 + random.below(4), 4);
  options.restart_s = static_cast<double>(random.below(50));
  for (const ResizeStage* stage : resize_stage_list()) {
    ElasticWorkload workload = work_of(jobs);
    const auto watcher = [&](const ResizeRound& round, const std::vector<Allocation>& decided) {
      std::vector<std::uint32_t> taken(round.devices.size(), 0);
      for (const Allocation& allocation : decided)
        for (const Part& part : allocation) taken[part.node] += part.replicas;
      for (std::size_t node = 0; node < taken.size(); ++node)
        RC_ASSERT(taken[node] <= round.devices[node]);
    };
    const ElasticRun run = elastic_replay(workload, *stage, options, watcher);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      RC_ASSERT(workload[i].work->ended());
      const double least_s = jobs[i].duration_s + options.restart_s;
      const double held_s = run.held_device_s[i] / jobs[i].asked;
      RC_ASSERT(held_s > least_s - kSoon);
      RC_ASSERT(held_s < least_s + run.restarts[i] * options.restart_s + kSoon);
      RC_ASSERT(run.end_s[i] - run.start_s[i] > held_s - kSoon);
    }
    ElasticWorkload same = work_of(jobs);
    const ElasticRun again = elastic_replay(same, *stage, options);
    RC_ASSERT(again.end_s == run.end_s);
    RC_ASSERT(again.restarts == run.restarts);
  }
}

Application made_up() {
  Application application;
  application.name = "made up";
  for (std::uint32_t nodes = 1; nodes <= 4; ++nodes)
    for (const std::uint32_t replicas : {nodes, 4 * nodes})
      for (const double local : {8.0, 64.0})
        application.steps.add_size(nodes, replicas, local,
                                   {0.05 + local / 640 + (replicas > 1 ? 0.02 * nodes : 0),
                                    replicas > 1 ? 0.02 * nodes : 0});
  application.noise = {{32, 512}, {{0, {2, 2}}, {9, {40, 40}}}};
  application.limits = {32, 512, 8, 64};
  application.epochs = 10;
  application.steps_per_epoch = 4000;
  return application;
}

TEST(ElasticReplay, ResizingEndsJobsSoonerThanKeepingThemAsAsked) {
  ElasticTrace trace;
  trace.applications.push_back(made_up());
  trace.groups = {"made up"};
  Trace as_asked;
  as_asked.groups = trace.groups;
  for (int i = 0; i < 6; ++i) {
    ElasticTraceJob job;
    job.submit_s = 100.0 * i;
    job.asked = 2;
    job.batch = 64;
    trace.jobs.push_back(job);
    TraceJob rigid;
    rigid.submit_s = job.submit_s;
    rigid.devices = 2;
    rigid.duration_s = 700;
    as_asked.jobs.push_back(rigid);
  }
  const auto no_clock = [] { return 0.0; };
  const ClusterSize size{4, 4};
  const auto kept = simulate_elastic(trace, as_asked, size, *find_resize_stage("none"), no_clock);
  const auto resized =
      simulate_elastic(trace, as_asked, size, *find_resize_stage("goodput"), no_clock);
  EXPECT_EQ(resized.figures.jobs, 6U);
  EXPECT_LT(resized.figures.jct_s.mean, 0.9 * kept.figures.jct_s.mean);
  EXPECT_GT(resized.elastic->restarts_per_job, 0);
  EXPECT_LE(resized.figures.utilization, 1);
}

std::filesystem::path traces() {
  const char* given = std::getenv("FULCRUM_TRACES");
  return given != nullptr ? std::filesystem::path(given)
                          : std::filesystem::path(FULCRUM_SOURCE_DIR) / "../shared/data/traces";
}

SimulationRun replayed(const char* format, const std::filesystem::path& path,
                       const ClusterSize& size, const char* stage) {
  const auto elastic = find_elastic_format(format)(path, {});
  const auto as_asked = find_trace_format(format)(path, {});
  EXPECT_TRUE(elastic && as_asked);
  if (!elastic || !as_asked) return {};
  return simulate_elastic(*elastic, *as_asked, size, *find_resize_stage(stage), [] { return 0.0; });
}

/// Figures that the Pollux artifact publishes for its first workload, and ours:
/// bench/repro/pollux.md.
TEST(ElasticReplay, PolluxWorkloadIsCloseToThePublished) {
  const auto path = traces() / "pollux" / "workload-1.csv";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const ClusterSize size{16, 4};
  EXPECT_NEAR(replayed("pollux", path, size, "tiresias").figures.jct_s.mean, 2474, 0.02 * 2474);
  EXPECT_NEAR(replayed("pollux", path, size, "optimus").figures.jct_s.mean, 4087, 0.03 * 4087);
  EXPECT_LT(replayed("pollux", path, size, "goodput").figures.jct_s.mean, 1.02 * 2089);
}

TEST(ElasticReplay, ShockwaveTraceKeepsItsWork) {
  const auto path = traces() / "shockwave" /
                    "120_0.2_5_100_40_25_0,0.5,0.5_0.6,0.3,0.09,0.01_multigpu_dynamic.trace";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const auto run = replayed("shockwave", path, {8, 4}, "finish_fair");
  EXPECT_EQ(run.figures.jobs, 120U);
  EXPECT_NEAR(run.figures.utilization * run.figures.makespan_s * 32, 711'371, 1);
  EXPECT_LT(run.figures.makespan_s, 24'197);
  EXPECT_LT(run.elastic->fixed_share_fairness.worst, 1.78);
}

}  // namespace

}  // namespace fulcrum::sched

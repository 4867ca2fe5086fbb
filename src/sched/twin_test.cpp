#include "sched/twin.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "sched/compare.h"
#include "sched/core/bound.h"
#include "sched/sched_fixture.h"
#include "sched/steps.h"

namespace fulcrum::sched {

namespace {

TwinJob twin_job(const std::string& name, std::uint32_t gpus, double duration_s,
                 double priority = 1, double submit_s = 0) {
  TwinJob job;
  job.name = name;
  job.demand.gpus = gpus;
  job.duration_s = duration_s;
  job.priority = priority;
  job.submit_s = submit_s;
  return job;
}

Node eight_gpus() {
  Node node = gpu_node("p100", 8);
  node.price_usd_per_hour = 8;
  return node;
}

TEST(Twin, ThreeJobsByHand) {
  // 8 devices at 1 USD an hour each. First come: search 8 for 1 h, labels 4 for 1 h, realtime 8 for
  // 1 h, all submitted at once in this order.
  const std::vector<TwinJob> jobs{twin_job("search", 8, 3600), twin_job("labels", 4, 3600),
                                  twin_job("realtime", 8, 3600, 10)};
  const TwinRun fifo = run_twin({eight_gpus()}, jobs, "fifo");
  EXPECT_DOUBLE_EQ(fifo.jobs[0].wait_s, 0);
  EXPECT_DOUBLE_EQ(fifo.jobs[1].wait_s, 3600);
  EXPECT_DOUBLE_EQ(fifo.jobs[2].wait_s, 7200);
  EXPECT_DOUBLE_EQ(fifo.jobs[1].gpu_hours, 4);
  EXPECT_DOUBLE_EQ(fifo.jobs[1].cost_usd, 4);
  EXPECT_DOUBLE_EQ(fifo.gpu_hours, 20);
  EXPECT_DOUBLE_EQ(fifo.cost_usd, 20);
  EXPECT_DOUBLE_EQ(fifo.node_cost_usd, 24);
  EXPECT_DOUBLE_EQ(fifo.utilization, 20.0 / 24);
  EXPECT_DOUBLE_EQ(fifo.weighted_completion, 3600 * (8 * 1 + 4 * 2 + 10 * 8 * 3));
  const TwinRun priority = run_twin({eight_gpus()}, jobs, "priority");
  EXPECT_DOUBLE_EQ(priority.jobs[2].wait_s, 0);
  EXPECT_DOUBLE_EQ(priority.jobs[0].wait_s, 3600);
  EXPECT_DOUBLE_EQ(priority.weighted_completion, 3600 * (10 * 8 * 1 + 8 * 2 + 4 * 3));
  EXPECT_GE(priority.weighted_completion, priority.lower_bound);
}

TEST(Twin, AJobThatNeverFitsSaysSoAndBlocksNobody) {
  const TwinRun run =
      run_twin({eight_gpus()}, {twin_job("big", 9, 10), twin_job("a", 1, 10)}, "fifo");
  EXPECT_NE(run.jobs[0].never_started.find("needs 9 devices"), std::string::npos);
  EXPECT_DOUBLE_EQ(run.jobs[1].end_s, 10);
}

TEST(Twin, OnOneDeviceSmithsRuleReachesTheBound) {
  std::vector<TwinJob> jobs;
  for (int i = 1; i <= 6; ++i) jobs.push_back(twin_job("j", 1, 10 * i, 7 - (i % 4)));
  const TwinRun run = run_twin({gpu_node("n", 1)}, jobs, "wspt");
  EXPECT_NEAR(run.gap, 0, 1e-9);
  EXPECT_GT(run_twin({gpu_node("n", 1)}, jobs, "fifo").gap, 0);
}

RC_GTEST_PROP(Twin, NoOrderOfTheJobsIsBelowTheBound, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  const auto devices = static_cast<std::uint32_t>(1 + random.below(4));
  std::vector<TwinJob> jobs;
  const std::uint64_t count = 2 + random.below(4);
  for (std::uint64_t i = 0; i < count; ++i)
    jobs.push_back(twin_job("j", static_cast<std::uint32_t>(1 + random.below(devices)),
                            static_cast<double>(1 + random.below(20)),
                            static_cast<double>(1 + random.below(9)),
                            static_cast<double>(random.below(2) * random.below(15))));
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  do {  // priorities that force this order; weights are the jobs' own
    std::vector<TwinJob> forced = jobs;
    for (std::size_t i = 0; i < count; ++i)
      forced[order[i]].priority = static_cast<double>(count - i);
    const TwinRun run = run_twin({gpu_node("n", devices)}, forced, "priority");
    double cost = 0, first_s = INFINITY;
    std::vector<BoundJob> bound;
    for (const auto& job : jobs) first_s = std::min(first_s, job.submit_s);
    for (std::size_t i = 0; i < count; ++i) {
      const double weight = jobs[i].priority * jobs[i].demand.gpus;
      cost += weight * (run.jobs[i].end_s - first_s);
      bound.push_back({weight, static_cast<double>(jobs[i].demand.gpus), jobs[i].duration_s,
                       jobs[i].submit_s - first_s});
    }
    RC_ASSERT(cost >= weighted_completion_bound(bound, devices) * (1 - 1e-9));
  } while (std::next_permutation(order.begin(), order.end()));
}

RC_GTEST_PROP(Twin, DevicesAreNeverHeldTwiceAtOnce, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  std::vector<TwinJob> jobs;
  for (int i = 0; i < 40; ++i)
    jobs.push_back(twin_job("j", static_cast<std::uint32_t>(1 + random.below(8)),
                            static_cast<double>(1 + random.below(50)),
                            static_cast<double>(1 + random.below(5)),
                            static_cast<double>(random.below(200))));
  const TwinRun run = run_twin({eight_gpus()}, jobs, random.below(2) ? "priority" : "fifo");
  for (const auto& at : run.jobs) {
    double held = 0;
    for (const auto& job : run.jobs)
      if (job.start_s <= at.start_s && at.start_s < job.end_s) held += job.devices;
    RC_ASSERT(held <= 8);
    RC_ASSERT(at.wait_s >= 0);
  }
  RC_ASSERT(run.utilization <= 1.0 + 1e-12);
}

constexpr const char* kSettings = R"({
  "nodes": [{"name": "p100", "gpus": 8, "gpu_model": "P100", "price_usd_per_hour": 11.68}],
  "jobs": [
    {"name": "search", "class": "hyper-parameter search", "gpus": 8, "duration_s": 14400},
    {"name": "labels", "class": "batch labelling", "gpus": 4, "duration_s": 7200, "submit_s": 60},
    {"name": "retrain", "class": "realtime retraining", "priority": 10, "gpus": 4,
     "duration_s": 1800, "submit_s": 120}],
  "policies": ["fifo", "priority", "wspt+first_fit"]})";

TEST(Compare, SettingsBecomeAReportMarkedSimulated) {
  const auto report = compare_from(*base::parse_json(kSettings, "settings"));
  ASSERT_TRUE(report) << base::describe(report.error());
  EXPECT_TRUE(report->at("simulated").as_bool());
  EXPECT_EQ(report->at("runs").as_array().size(), 3u);
  EXPECT_EQ(report->at("runs").at(2).at("place").as_string(), "first_fit");
  EXPECT_FALSE(report->at("summary").as_string().empty());
}

TEST(Compare, MistakesNameTheField) {
  auto settings = *base::parse_json(kSettings, "settings");
  settings.at("jobs").at(1).as_object()["duration_s"] = 0;
  EXPECT_EQ(compare_from(settings).error().field, "jobs[1].duration_s");
  settings = *base::parse_json(kSettings, "settings");
  settings.at("policies").at(0) = "fifa";
  EXPECT_EQ(compare_from(settings).error().code, "policy.unknown");
}

TEST(Steps, AssessMeasuresThisMachine) {
  std::string pattern = (std::filesystem::temp_directory_path() / "fulcrum-assess-XXXXXX").string();
  const std::string folder = ::mkdtemp(pattern.data());
  exec::StepSpec spec{.step = "assess",
                      .kind = "sched.assess",
                      .settings = nullptr,
                      .inputs = {},
                      .work_folder = folder};
  ASSERT_TRUE(exec::write_step_spec(folder + "/spec.json", spec));
  ASSERT_EQ(exec::run_step(folder + "/spec.json", step_kinds()), 0);
  const auto result = exec::read_step_result(folder);
  ASSERT_TRUE(result) << base::describe(result.error());
  EXPECT_GT(base::get_number(result->report, "one_thread_gflop_per_s"), 0.1);
  EXPECT_GT(base::get_number(result->report, "memory_gb_per_s"), 0.1);
  EXPECT_EQ(result->commands.at(0).name, "node.assess");
  printf("%s\n", base::to_text(result->report).c_str());
  std::filesystem::remove_all(folder);
}

}  // namespace

}  // namespace fulcrum::sched

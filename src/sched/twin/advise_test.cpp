#include "sched/twin/advise.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "sched/twin/portfolio.h"
#include "sched/twin/whatif.h"

namespace fulcrum::sched {

namespace {

constexpr double kDayS = 86400;

Trace random_trace(std::uint64_t seed, std::size_t count, double span_s) {
  base::Random random(seed);
  Trace trace;
  trace.groups = {"a"};
  std::vector<double> submit_s;
  for (std::size_t i = 0; i < count; ++i) submit_s.push_back(std::floor(random.uniform() * span_s));
  std::sort(submit_s.begin(), submit_s.end());
  for (std::size_t i = 0; i < count; ++i) {
    TraceJob job;
    job.line = static_cast<std::int64_t>(i);
    job.submit_s = submit_s[i];
    job.duration_s = static_cast<double>(1 + random.below(20'000));
    job.devices = static_cast<std::uint32_t>(1 + random.below(8));
    trace.jobs.push_back(job);
  }
  return trace;
}

ScenarioPlan plan_on(const Trace& trace, std::vector<std::string> policies) {
  ScenarioPlan plan;
  plan.trace = &trace;
  plan.resamples = 6;
  for (const auto& name : policies)
    plan.scenarios.push_back({name, name, *find_policy(name), {2, 8, 1}});
  return plan;
}

RC_GTEST_PROP(Resample, KeepsJobsHoursAndOrderAndIsTheSeedsAlone, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  const Trace trace = random_trace(seed, 200, (seed % 2 == 0 ? 40 : 6) * kDayS);
  const Blocks blocks = blocks_of(trace);
  RC_ASSERT(blocks.block_s == (seed % 2 == 0 ? 7 : 1) * kDayS || blocks.grid_s == 1);
  const Trace drawn = resample(trace, blocks, seed, 3);
  RC_ASSERT(!drawn.jobs.empty());
  for (std::size_t i = 0; i < drawn.jobs.size(); ++i) {
    const TraceJob& job = drawn.jobs[i];
    const TraceJob& old = trace.jobs[static_cast<std::size_t>(job.line)];
    RC_ASSERT(job.duration_s == old.duration_s && job.devices == old.devices);
    RC_ASSERT(job.submit_s >= blocks.begin_s && job.submit_s < blocks.begin_s + blocks.span_s);
    if (blocks.grid_s == kDayS)  // the same hour of the day
      RC_ASSERT(std::fmod(job.submit_s - old.submit_s, kDayS) == 0);
    if (i > 0) RC_ASSERT(drawn.jobs[i - 1].submit_s <= job.submit_s);
  }
  const Trace again = resample(trace, blocks, seed, 3);
  RC_ASSERT(again.jobs.size() == drawn.jobs.size());
  for (std::size_t i = 0; i < drawn.jobs.size(); ++i)
    RC_ASSERT(again.jobs[i].line == drawn.jobs[i].line);
}

TEST(Resample, NumberZeroIsTheTrace) {
  const Trace trace = random_trace(1, 50, 10 * kDayS);
  EXPECT_EQ(resample(trace, blocks_of(trace), 7, 0).jobs.size(), trace.jobs.size());
}

TEST(Scenario, ThreadsDoNotChangeAnOutcome) {
  const Trace trace = random_trace(5, 150, 10 * kDayS);
  ScenarioPlan plan = plan_on(trace, {"fifo", "smith", "adaptive", "fifo+random"});
  const auto alone = run_scenarios(plan);
  plan.threads = 4;
  EXPECT_EQ(run_scenarios(plan), alone);
  plan.seed = 2;
  EXPECT_NE(run_scenarios(plan), alone);
}

/// Paired on the same resample: a world differs from itself by exactly nothing, however much its
/// level varies.
TEST(Scenario, DifferencesArePaired) {
  const Trace trace = random_trace(6, 400, 10 * kDayS);
  const ScenarioPlan plan = plan_on(trace, {"fifo", "fifo"});
  const auto outcomes = run_scenarios(plan);
  const Estimate one = level(outcomes, 0, Measure::wait);
  EXPECT_LT(one.low, one.high);
  const Estimate none = difference(outcomes, 1, 0, Measure::wait);
  EXPECT_EQ(none.low, 0);
  EXPECT_EQ(none.high, 0);
}

TEST(Scenario, IntervalsAreQuantilesOverResamplesOnly) {
  Outcome a{}, b{};
  std::vector<std::vector<Outcome>> outcomes{{a, b}};
  outcomes[0][0][0] = 1e9;  // the trace itself is not in the interval
  for (int i = 0; i <= 40; ++i) {
    a[0] = i;
    b[0] = 2 * i;
    outcomes.push_back({a, b});
  }
  const Estimate got = level(outcomes, 0, Measure::weighted_wait);
  EXPECT_DOUBLE_EQ(got.mean, 20);
  EXPECT_DOUBLE_EQ(got.low, 1);
  EXPECT_DOUBLE_EQ(got.high, 39);
  EXPECT_DOUBLE_EQ(relative_difference(outcomes, 1, 0, Measure::weighted_wait).mean,
                   40.0 / 41);  // 0 where the base is 0
}

TEST(Advise, RanksAndTells) {
  const Trace trace = random_trace(7, 500, 10 * kDayS);
  const ScenarioPlan plan = plan_on(trace, {"fifo", "smith"});
  const Advice advice = advise(plan, run_scenarios(plan), Measure::weighted_wait);
  ASSERT_EQ(advice.rows.size(), 2U);
  EXPECT_EQ(advice.rows[0].policy, "smith");
  EXPECT_EQ(advice.reference, "fifo");
  EXPECT_EQ(advice.rows[0].to_best.mean, 0);
  EXPECT_GT(advice.rows[1].to_best.mean, 0);
  EXPECT_LT(advice.rows[0].to_reference.mean, 0);
  EXPECT_NE(advice.words.back().find("smith"), std::string::npos);
  EXPECT_FALSE(parse_objective("speed"));
  EXPECT_EQ(*parse_objective("cost"), Measure::weighted_wait);
}

TEST(WhatIf, MoreNodesWaitLessAndCostMore) {
  const Trace trace = random_trace(8, 200, 10 * kDayS);
  ScenarioPlan plan = plan_on(trace, {"fifo", "fifo"});
  plan.scenarios[1].size.more.push_back({2, 8, 1});
  const WhatIf answer = what_if(plan, run_scenarios(plan));
  const auto verdict = [&](std::string_view measure) {
    for (const auto& row : answer.rows)
      if (row.measure == measure) return row.verdict;
    return std::string();
  };
  EXPECT_EQ(verdict("weighted_wait"), "better");
  EXPECT_EQ(verdict("utilization"), "worse");
  EXPECT_EQ(verdict("money_available"), "worse");
}

/// Whatever it switches to and when, every job runs once and nothing is held twice.
RC_GTEST_PROP(Portfolio, SwitchingLosesNobody, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  const Trace trace = random_trace(seed, 40, kDayS / 4);
  Cluster cluster = make_cluster({2, 8, 0});
  const Workload workload = make_workload(trace, {2, 8, 0}, cluster, Prediction::kPerfect);
  PortfolioOptions options = default_portfolio();
  options.every_s = 600;
  options.margin = -0.5;  // the last member that is not much worse: switches nearly always
  Portfolio portfolio(options);
  BrainOptions brain;
  brain.policy = portfolio.first();
  const Replay run = replay(cluster, workload, brain, {}, &portfolio);
  for (std::size_t i = 0; i < trace.jobs.size(); ++i) RC_ASSERT(!std::isnan(run.start_s[i]));
  RC_ASSERT(cluster.free_gpu_milli() == cluster.gpu_milli());
  RC_ASSERT(portfolio.switches() > 0);
}

/// An hour's jobs come at once: short and long ones, alternating. In the second day what is said of
/// them is the wrong way round, so that the shortest first is the worst order.
Workload two_days(Cluster& cluster) {
  Shape shape;
  shape.gpus = 1;
  Workload workload;
  for (int i = 0; i < 48 * 20; ++i) {
    Job job;
    job.shape = cluster.shape(shape);
    job.devices = 1;
    job.submit_s = i / 20 * 3600.0;
    const double short_s = 20, long_s = 200;
    workload.duration_s.push_back(i % 2 == 0 ? long_s : short_s);
    job.predicted_s = (i % 2 == 0) == (i < 24 * 20) ? long_s : short_s;
    workload.jobs.push_back(job);
  }
  return workload;
}

double waiting_s(const Workload& workload, const Replay& run) {
  double sum_s = 0;
  for (std::size_t i = 0; i < workload.jobs.size(); ++i)
    sum_s += run.start_s[i] - workload.jobs[i].submit_s;
  return sum_s;
}

TEST(Portfolio, SwitchesWhenTheJobsChange) {
  Cluster cluster = make_cluster({1, 1, 0});
  const Workload workload = two_days(cluster);
  double fixed_s[2];
  PortfolioOptions options;
  options.every_s = 3600;
  options.memory_s = 4 * 3600;
  for (const char* name : {"fifo", "sjf"}) {
    BrainOptions brain;
    brain.policy = *find_policy(name);
    fixed_s[options.members.size()] = waiting_s(workload, replay(cluster, workload, brain));
    options.members.push_back({name, brain.policy});
  }
  double first_s = 0;
  for (int again = 0; again < 2; ++again) {
    Portfolio portfolio(options);
    BrainOptions brain;
    brain.policy = portfolio.first();
    const double got_s = waiting_s(workload, replay(cluster, workload, brain, {}, &portfolio));
    EXPECT_EQ(portfolio.switches(), 2u);
    EXPECT_GT(portfolio.chosen()[0], 15u);
    EXPECT_GT(portfolio.chosen()[1], 15u);
    EXPECT_LT(got_s, 0.9 * std::min(fixed_s[0], fixed_s[1]));
    if (again == 0) first_s = got_s;
    EXPECT_EQ(got_s, first_s);
  }
}

TEST(Portfolio, CostIsWeightTimesWaiting) {
  Cluster cluster = make_cluster({1, 1, 0});
  Shape shape;
  shape.gpus = 1;
  RecentJobs recent;
  for (const double duration_s : {100.0, 50.0, 10.0}) {
    Job job;
    job.shape = cluster.shape(shape);
    job.devices = 1;
    job.priority = 2;
    job.predicted_s = duration_s;
    recent.jobs.push_back(job);
    recent.duration_s.push_back(duration_s);
  }
  EXPECT_EQ(replay_cost(cluster, recent, *find_policy("fifo"), INFINITY), 2 * (100 + 150));
  EXPECT_EQ(replay_cost(cluster, recent, *find_policy("sjf"), INFINITY), 2 * (10 + 60));
  EXPECT_EQ(replay_cost(cluster, recent, *find_policy("fifo"), 400), INFINITY);
}

}  // namespace

}  // namespace fulcrum::sched

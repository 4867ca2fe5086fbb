#include "sched/twin/forecast.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "sched/stages/presets.h"
#include "sched/twin/calibration_figures.h"

namespace fulcrum::sched {

namespace {

constexpr double kDayS = 86400;

TEST(RunTimes, ANarrowGroupIsBelievedByWhatItKnows) {
  RunTimes history({{"user", "all"}, 2, 2});
  RunsLike mine, others;
  mine.groups = {history.group(0, "me"), history.group(1, "")};
  others.groups = {history.group(0, "you"), history.group(1, "")};
  for (int i = 0; i < 100; ++i) history.add(others, 1000);
  EXPECT_EQ(history.draw(mine, 0, 0.0, 0.5, nullptr).run_s, 1000);  // of mine nothing is known
  history.add(mine, 10);
  EXPECT_EQ(history.draw(mine, 0, 0.49, 0.5, nullptr).run_s, 10);
  EXPECT_EQ(history.draw(mine, 0, 0.51, 0.5, nullptr).run_s, 1000);  // one run: half believed
  const auto past = history.draw(mine, 20, 0.0, 0.5, nullptr);       // mine never took so long
  EXPECT_EQ(past.run_s, 1000);
  EXPECT_EQ(history.level_name(past.level), "all");
  EXPECT_EQ(history.draw(mine, 5000, 0.0, 0.5, nullptr).run_s, 10000);  // nobody's did
}

TEST(RunTimes, WideGroupsKnowPartsOfLimits) {
  RunTimes history({{"user", "all"}, 2, 1});
  RunsLike small, large;
  small.groups = {history.group(0, "a"), history.group(1, "")};
  small.limit_s = 100;
  large.groups = {history.group(0, "b"), history.group(1, "")};
  large.limit_s = 1000;
  history.add(small, 50);
  EXPECT_EQ(history.draw(large, 0, 0.99, 0.5, nullptr).run_s, 500);
  EXPECT_EQ(history.draw(small, 0, 0.0, 0.5, nullptr).run_s, 50);
}

TEST(RunTimes, WhoStillRunsCountsAmongTheRuns) {
  RunTimes history({{"user", "all"}, 2, 2});
  RunsLike job;
  job.groups = {history.group(0, "a"), history.group(1, "")};
  history.add(job, 1);
  StillRunning running(history);
  for (int i = 0; i < 3; ++i) running.add(job, 500);
  EXPECT_EQ(history.draw(job, 0, 0, 0.9, nullptr).run_s, 1);
  EXPECT_EQ(history.draw(job, 0, 0, 0.9, &running).run_s, 500);
  EXPECT_EQ(history.draw(job, 0, 0, 0.1, &running).run_s, 1);
}

TEST(RunTimes, OfAGroupTheNewestAreKept) {
  RunTimes history({{"all"}, 1, 1});
  RunsLike job;
  job.groups = {history.group(0, "")};
  for (std::size_t i = 0; i < RunTimes::kKept; ++i) history.add(job, 7);
  for (std::size_t i = 0; i < RunTimes::kKept; ++i) history.add(job, 3);
  EXPECT_EQ(history.draw(job, 0, 0, 0.999, nullptr).run_s, 3);
}

WaitQuantiles all_at(double seconds) {
  WaitQuantiles forecast{};
  forecast.fill(seconds);
  return forecast;
}

TEST(Conformal, CorrectsByWhatForecastsWereWorthAndByHowManyDays) {
  Conformal conformal;
  EXPECT_EQ(conformal.corrected(all_at(1000))[kP90], 1000);
  const auto days = static_cast<int>(Conformal::kDays);
  for (int i = 0; i < 280; ++i)  // all waited twice as long
    conformal.learn(all_at(940), (i % days) * kDayS, 1940);
  // As many days as kDays: half of the logarithm.
  EXPECT_NEAR(conformal.corrected(all_at(940))[kP90], 1000 * std::sqrt(2.0) - 60, 1e-6);
  EXPECT_EQ(conformal.corrected(all_at(0))[kP90], 0);  // known to start at once
  EXPECT_TRUE(std::isinf(conformal.corrected(all_at(INFINITY))[kP90]));
}

/// Where tomorrow is like yesterday, P90 holds for nine of ten, however wrong the forecast was.
RC_GTEST_PROP(Conformal, HoldsWhereNothingChanges, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  const double off = std::exp(2 * random.normal());
  Conformal conformal;
  const auto job = [&](double& waited_s) {
    const double scale_s = 60 + 20'000 * random.uniform();
    waited_s = off * scale_s * std::exp(random.normal());
    return all_at(scale_s);
  };
  double waited_s = 0;
  for (int i = 0; i < 2000; ++i) {
    const WaitQuantiles forecast = job(waited_s);
    conformal.learn(forecast, i * kDayS, waited_s);
  }
  int held = 0;
  for (int i = 0; i < 1000; ++i) {
    const WaitQuantiles forecast = job(waited_s);
    held += waited_s <= conformal.corrected(forecast)[kP90] ? 1 : 0;
  }
  RC_ASSERT(held > 845 && held < 955);
}

Trace random_trace(std::uint64_t seed, std::size_t count, double every_s) {
  base::Random random(seed);
  Trace trace;
  trace.groups = {"a", "b"};
  trace.users = {"a", "b", "c"};
  double at_s = 0;
  for (std::size_t i = 0; i < count; ++i) {
    TraceJob job;
    at_s += std::floor(-every_s * std::log(1 - random.uniform()));
    job.submit_s = at_s;
    job.duration_s = std::ceil(3600 * std::exp(random.normal()));
    job.devices = static_cast<std::uint32_t>(1 + random.below(8));
    job.user = static_cast<std::uint32_t>(random.below(3));
    trace.jobs.push_back(job);
  }
  return trace;
}

CalibrateOptions options_for(const Trace& trace) {
  CalibrateOptions options;
  options.grouping = grouping_of(trace);
  options.train_until_s = trace.jobs.back().submit_s / 2;
  options.learn_from_s = options.train_until_s / 4;
  options.samples = 200;
  return options;
}

TEST(Calibrate, OnTracesThatDoNotChangeItHolds) {
  for (const char* policy : {"fifo", "easy"}) {
    double jobs = 0, p50 = 0, p90 = 0;
    for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {  // a busy stretch is one observation
      const Trace trace = random_trace(seed, 800, 2000);
      const auto figures =
          figures_of(policy, calibrate(trace, {2, 8, 0}, *find_policy(policy), options_for(trace)));
      EXPECT_EQ(figures.at_once, figures.at_once_did) << policy;
      EXPECT_EQ(figures.asked, figures.all.jobs + figures.at_once) << policy;
      const auto count = static_cast<double>(figures.all.jobs);
      jobs += count;
      p50 += count * figures.all.fixed_p50;
      p90 += count * figures.all.fixed_p90;
    }
    EXPECT_GT(jobs, 150) << policy;
    EXPECT_GT(p90 / jobs, 0.8) << policy;
    EXPECT_GT(p50 / jobs, 0.25) << policy;
    EXPECT_LT(p50 / jobs, 0.85) << policy;
  }
}

/// A forecast reads nothing of what comes after it: another future leaves it as it was.
TEST(Calibrate, AForecastKnowsOnlyThePast) {
  Trace trace = random_trace(4, 400, 2000);
  CalibrateOptions options = options_for(trace);
  options.forecast.draws = 4;
  options.forecast.horizon_s = 5 * kDayS;
  const auto before = calibrate(trace, {2, 8, 0}, *find_policy("easy_sjf"), options);
  const double cut_s = trace.jobs[300].submit_s;
  base::Random random(9);
  for (TraceJob& job : trace.jobs)
    if (job.submit_s > cut_s) job.duration_s *= 1 + 9 * random.uniform();
  const auto after = calibrate(trace, {2, 8, 0}, *find_policy("easy_sjf"), options);
  ASSERT_EQ(before.tested.size(), after.tested.size());
  std::size_t same = 0;
  for (std::size_t i = 0; i < before.tested.size() && before.tested[i].submit_s <= cut_s; ++i) {
    EXPECT_EQ(before.tested[i].plain, after.tested[i].plain);
    EXPECT_EQ(before.tested[i].rolling, after.tested[i].rolling);
    ++same;
  }
  EXPECT_GT(same, 40U);
}

/// Whatever the policy, a trial numbers the present's jobs and starts them as the Brain would.
RC_GTEST_PROP(Present, ATrialStartsWhatTheBrainStarts, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  const Trace trace = random_trace(seed, 60, 300);
  Cluster cluster = make_cluster({2, 8, 0});
  const Workload workload = make_workload(trace, {2, 8, 0}, cluster, Prediction::kPerfect);
  const auto& presets = sched::presets();
  const Policy policy = presets[seed % presets.size()].policy;
  Brain brain(cluster, {.policy = policy, .typical = {}});
  RunningJobs running;
  double now_s = 0;
  for (std::size_t i = 0; i < workload.jobs.size(); ++i) {
    now_s = workload.jobs[i].submit_s;
    brain.submit(workload.jobs[i]);
    if (i + 1 < workload.jobs.size() && workload.jobs[i + 1].submit_s == now_s) continue;
    if (i % 7 == 3 && !running.list().empty()) {
      const JobIndex job = running.list().front().job;
      brain.end(job, now_s);
      running.ended(job);
    }
    const Present present(brain, running.list());
    const Trial trial = present.trial(policy);
    std::vector<JobIndex> there, here = brain.pass(now_s);
    if (!brain.asked_to_stop().empty()) break;  // it would be for the replay to stop them
    for (const JobIndex job : trial.brain->pass(now_s)) there.push_back(present.original(job));
    RC_ASSERT(there == here);
    for (const JobIndex job : here) running.started(job, now_s);
  }
}

}  // namespace

}  // namespace fulcrum::sched

#include "sched/twin/replay.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

#include "base/random.h"
#include "sched/core/exact.h"
#include "sched/stages/presets.h"
#include "sched/twin/figures.h"
#include "sched/twin/workload.h"

namespace fulcrum::sched {

namespace {

constexpr const char* kPolicies[] = {"fifo",
                                     "easy",
                                     "conservative",
                                     "sjf",
                                     "easy_sjf",
                                     "smith",
                                     "priority",
                                     "fair_share",
                                     "fair_share_easy",
                                     "round_robin",
                                     "drf",
                                     "deadline",
                                     "smallest_device_time",
                                     "exact_smith",
                                     "fifo+first_fit"};

Trace random_trace(base::Random& random, std::size_t count, std::uint32_t most_devices) {
  Trace trace;
  trace.groups = {"a", "b", "c"};
  double now_s = 0;
  for (std::size_t i = 0; i < count; ++i) {
    now_s += static_cast<double>(random.below(3) * random.below(20));
    TraceJob job;
    job.line = static_cast<std::int64_t>(i);
    job.submit_s = now_s;
    job.duration_s = static_cast<double>(1 + random.below(100));
    job.limit_s = job.duration_s + static_cast<double>(random.below(100));
    job.devices = static_cast<std::uint32_t>(1 + random.below(most_devices));
    job.priority = static_cast<double>(1 + random.below(5));
    job.group = static_cast<std::uint32_t>(random.below(3));
    job.user = job.group;
    trace.jobs.push_back(job);
  }
  return trace;
}

struct Played {
  ClusterSize size;
  Workload workload;
  Replay run;
};

Played play(const Trace& trace, const ClusterSize& size, Prediction prediction,
            std::string_view policy, bool incremental = true, const Watcher& watcher = {}) {
  Cluster cluster = make_cluster(size);
  Played played{size, make_workload(trace, size, cluster, prediction), {}};
  BrainOptions options;
  options.policy = *find_policy(policy);
  options.incremental = incremental;
  played.run = replay(cluster, played.workload, options, watcher);
  EXPECT_EQ(cluster.free_gpu_milli(), cluster.gpu_milli());  // everything came back
  EXPECT_EQ(cluster.free_cpu_milli(), cluster.cpu_milli());
  return played;
}

ClusterSize random_size(base::Random& random) {
  if (random.below(4) == 0) return {1, static_cast<std::uint32_t>(17 + random.below(20)), 0};
  return {static_cast<std::uint32_t>(1 + random.below(5)),
          static_cast<std::uint32_t>(1 + random.below(8)), 0};
}

Prediction random_prediction(base::Random& random) {
  constexpr Prediction kAll[] = {Prediction::kPerfect, Prediction::kLimit, Prediction::kLastTwo};
  return kAll[random.below(3)];
}

RC_GTEST_PROP(Replay, EveryJobThatFitsRunsOnceAndNoDeviceTwice, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  const ClusterSize size = random_size(random);
  const Trace trace = random_trace(random, 60, size.nodes * size.devices + 1);
  const Prediction prediction = random_prediction(random);
  for (const char* policy : kPolicies) {
    std::map<JobIndex, std::vector<Held>> held;
    const auto played = play(trace, size, prediction, policy, true,
                             [&](const Brain&, JobIndex job, const std::vector<Held>& takes) {
                               RC_ASSERT(held.emplace(job, takes).second);
                             });
    for (JobIndex job = 0; job < trace.jobs.size(); ++job) {
      const bool fits = trace.jobs[job].devices <= size.nodes * size.devices;
      RC_ASSERT(std::isnan(played.run.start_s[job]) != fits);
      if (!fits) continue;
      RC_ASSERT(played.run.start_s[job] >= trace.jobs[job].submit_s);
      RC_ASSERT(played.run.end_s[job] == played.run.start_s[job] + trace.jobs[job].duration_s);
      // A gang starts as a whole: all of its tasks, each on a node.
      const Job& given = played.workload.jobs[job];
      RC_ASSERT(held[job].size() == given.tasks + (given.has_rest ? 1U : 0U));
    }
    for (const auto& [job, takes] : held) {  // at each start, nobody holds a device of another
      const double at_s = played.run.start_s[job];
      std::map<NodeIndex, DeviceMask> taken;
      double devices = 0;
      for (const auto& [other, others] : held) {
        if (played.run.start_s[other] > at_s || played.run.end_s[other] <= at_s) continue;
        devices += trace.jobs[other].devices;
        for (const Held& one : others) {
          RC_ASSERT((taken[one.node] & one.devices) == 0U);
          taken[one.node] |= one.devices;
        }
      }
      RC_ASSERT(devices <= size.nodes * size.devices);
    }
  }
}

RC_GTEST_PROP(Replay, LookingOnlyAtWhatChangedGivesTheSameStarts, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  const ClusterSize size = random_size(random);
  const Trace trace = random_trace(random, 80, size.nodes * size.devices);
  const Prediction prediction = random_prediction(random);
  for (const char* policy : kPolicies) {
    const auto quick = play(trace, size, prediction, policy, true);
    const auto slow = play(trace, size, prediction, policy, false);
    const auto again = play(trace, size, prediction, policy, true);
    RC_ASSERT(quick.run.start_s == slow.run.start_s);
    RC_ASSERT(quick.run.start_s == again.run.start_s);
  }
}

/// Where every node could run every job, strict order means: nobody starts before a job that goes
/// first and was there.
RC_GTEST_PROP(Replay, NobodyOvertakesInStrictOrder, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  const ClusterSize size{static_cast<std::uint32_t>(1 + random.below(4)), 8, 0};
  const Trace trace = random_trace(random, 60, 16);
  for (const char* policy : {"fifo", "sjf", "smallest_device_time", "priority"}) {
    const auto played = play(trace, size, Prediction::kPerfect, policy);
    const auto key = find_policy(policy)->order->job_key;
    for (std::size_t i = 0; i < trace.jobs.size(); ++i)
      for (std::size_t j = 0; j < trace.jobs.size(); ++j) {
        const double first = key(played.workload.jobs[i]), second = key(played.workload.jobs[j]);
        if (!(first < second || (first == second && i < j))) continue;  // i goes before j
        if (trace.jobs[i].submit_s > played.run.start_s[j]) continue;   // i came after j's start
        RC_ASSERT(!(played.run.start_s[j] < played.run.start_s[i]));
      }
  }
}

/// With true durations a head starts no later than was promised when it became head; also where
/// it is a gang, and where backfilled jobs outlive the promise.
RC_GTEST_PROP(Replay, EasyNeverDelaysTheHead, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  const ClusterSize size = random_size(random);
  const Trace trace = random_trace(random, 80, size.nodes * size.devices);
  Cluster cluster = make_cluster(size);
  const Workload workload = make_workload(trace, size, cluster, Prediction::kPerfect);
  BrainOptions options;
  options.policy = *find_policy("easy");
  Brain brain(cluster, options);
  std::map<JobIndex, double> promised_s;
  std::multimap<double, JobIndex> ends;
  std::size_t next = 0;
  while (next < workload.jobs.size() || !ends.empty()) {
    double now_s = next < workload.jobs.size() ? workload.jobs[next].submit_s : INFINITY;
    if (!ends.empty()) now_s = std::min(now_s, ends.begin()->first);
    while (!ends.empty() && ends.begin()->first == now_s) {
      brain.end(ends.begin()->second, now_s);
      ends.erase(ends.begin());
    }
    for (; next < workload.jobs.size() && workload.jobs[next].submit_s == now_s; ++next)
      brain.submit(workload.jobs[next]);
    for (const JobIndex job : brain.pass(now_s)) {
      ends.emplace(now_s + workload.duration_s[job], job);
      if (promised_s.contains(job)) RC_ASSERT(now_s <= promised_s[job]);
    }
    if (brain.head() == kNoJob) continue;
    RC_ASSERT(std::isfinite(brain.head_start_s()));
    promised_s.emplace(brain.head(), brain.head_start_s());
    RC_ASSERT(brain.head_start_s() <= promised_s[brain.head()]);
  }
}

/// With true durations nobody starts later than when every job before it had its place.
RC_GTEST_PROP(Replay, ConservativeStartsNobodyLaterForAJobBehind, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  const ClusterSize size = random_size(random);
  const Trace trace = random_trace(random, 40, size.nodes * size.devices);
  const auto all = play(trace, size, Prediction::kPerfect, "conservative");
  for (std::size_t count = 1; count < trace.jobs.size(); count += 3) {
    Trace without = trace;
    without.jobs.resize(count);
    const auto some = play(without, size, Prediction::kPerfect, "conservative");
    for (std::size_t i = 0; i < count; ++i) RC_ASSERT(all.run.start_s[i] <= some.run.start_s[i]);
  }
}

RC_GTEST_PROP(Replay, BoundIsBelowTheBestAndTheBestBelowEveryPolicy, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  const ClusterSize size{1, static_cast<std::uint32_t>(1 + random.below(6)), 0};
  const Trace trace = random_trace(random, 1 + random.below(6), size.devices);
  std::vector<BoundJob> jobs;
  for (const auto& job : trace.jobs)
    jobs.push_back({job.priority * job.devices, static_cast<double>(job.devices), job.duration_s,
                    job.submit_s - trace.jobs[0].submit_s});
  const auto best = best_schedule(jobs, size.devices);
  RC_ASSERT(best.has_value());
  for (const char* policy : kPolicies) {
    const auto played = play(trace, size, Prediction::kPerfect, policy);
    const auto figures = figures_of(played.workload, played.run, size.devices);
    RC_ASSERT(figures.cost_lower_bound <= best->cost * (1 + 1e-9));
    RC_ASSERT(best->cost <= figures.cost * (1 + 1e-9));
  }
}

TEST(Exact, FindsWhatNoListOrderWouldStartGreedily) {
  // A short heavy job comes at 1: waiting for it beats starting the long one at 0.
  const std::vector<BoundJob> jobs{{1, 1, 100, 0}, {50, 1, 1, 1}};
  const auto best = best_schedule(jobs, 1);
  ASSERT_TRUE(best);
  EXPECT_DOUBLE_EQ(best->cost, 50 * 2 + 102);
  EXPECT_FALSE(best_schedule(std::vector<BoundJob>(13, jobs[0]), 1));
  EXPECT_FALSE(best_schedule({{1, 2, 1, 0}}, 1));
}

TEST(Exact, KnowsWhatIsHeldAndWhatTheGivenOrderCosts) {
  // Two of three devices are held until 10. The wide job has to wait; the narrow one need not.
  const std::vector<BoundJob> jobs{{3, 3, 10, 0}, {1, 1, 10, 0}};
  const auto best = best_schedule(jobs, 3, 1000, {{2, 10}});
  ASSERT_TRUE(best);
  EXPECT_DOUBLE_EQ(best->cost_as_given, 3 * 20 + 1 * 10);
  EXPECT_DOUBLE_EQ(best->cost, 3 * 20 + 1 * 10);
  EXPECT_EQ(best->start_s, (std::vector<double>{10, 0}));
  // Smith's rule ties, and the wrong first one leaves a device idle for long.
  const std::vector<BoundJob> tied{{2, 2, 10, 0}, {3, 3, 10, 0}, {1, 1, 10, 0}};
  const auto packed = best_schedule(tied, 3);
  ASSERT_TRUE(packed);
  EXPECT_DOUBLE_EQ(packed->cost_as_given, 2 * 10 + 3 * 20 + 1 * 10);
  EXPECT_DOUBLE_EQ(packed->cost, 3 * 10 + 3 * 20);
}

/// One device held for long, two that are free: a wide job first by Smith's rule would keep them.
TEST(Exact, TheHeadOfTheQueueGoesInTheBestOrder) {
  Trace trace;
  trace.groups = {"a"};
  const auto add = [&](double submit_s, double duration_s, std::uint32_t devices, double priority) {
    TraceJob job;
    job.submit_s = submit_s;
    job.duration_s = duration_s;
    job.devices = devices;
    job.priority = priority;
    trace.jobs.push_back(job);
  };
  add(0, 100, 4, 1);
  for (int i = 0; i < 3; ++i) add(1, 50, 1, 1.05);  // first by Smith's rule, three of four devices
  add(1, 50, 2, 1);
  add(1, 50, 2, 1);
  const auto cost = [&](const char* policy) {
    const auto played = play(trace, {1, 4}, Prediction::kPerfect, policy);
    return figures_of(played.workload, played.run, 4).cost;
  };
  EXPECT_LT(cost("exact_smith"), cost("easy_smith"));
}

TEST(Exact, TwelveJobs) {
  base::Random random(7);
  std::vector<BoundJob> jobs;
  for (int i = 0; i < 12; ++i)
    jobs.push_back({static_cast<double>(1 + random.below(5)),
                    static_cast<double>(1 + random.below(4)),
                    static_cast<double>(1 + random.below(20)), 0});
  for (auto& job : jobs) job.weight *= job.devices;
  const auto best = best_schedule(jobs, 4);
  ASSERT_TRUE(best);
  EXPECT_GE(best->cost, weighted_completion_bound(jobs, 4));
}

TEST(Figures, ByHand) {
  // Two devices. A holds both from 0 to 10; B waits for one from 0 to 10 and runs to 30.
  Workload workload;
  Job job;
  job.devices = 2;
  workload.jobs.push_back(job);
  job.devices = 1;
  job.priority = 3;
  workload.jobs.push_back(job);
  workload.duration_s = {10, 20};
  const Replay run{{0, 10}, {10, 30}, 0, 0, {}};
  const auto figures = figures_of(workload, run, 2, 36);
  EXPECT_DOUBLE_EQ(figures.makespan_s, 30);
  EXPECT_DOUBLE_EQ(figures.jct_s.mean, 20);
  EXPECT_DOUBLE_EQ(figures.wait_s.p90, 10);
  EXPECT_DOUBLE_EQ(figures.bounded_slowdown.mean, (1 + 1.5) / 2);
  EXPECT_DOUBLE_EQ(figures.utilization, 40.0 / 60);
  EXPECT_DOUBLE_EQ(figures.cost, 2 * 10 + 3 * 30);
  EXPECT_DOUBLE_EQ(figures.mean_queue, 10.0 / 30);
  EXPECT_DOUBLE_EQ(figures.money_available_usd, 36 * 30 / 3600.0);
  // A: two jobs there, both devices asked for: ideal 20 s, took 10. B: (10 x 2 + 20 x 1) / 30 jobs
  // on average, so that half of the cluster or more is its share: ideal 20 s, took 30.
  EXPECT_DOUBLE_EQ(figures.finish_time_fairness.worst, 1.5);
  EXPECT_DOUBLE_EQ(figures.finish_time_fairness.mean, (0.5 + 1.5) / 2);
}

TEST(Figures, PercentilesAreNearestRanks) {
  const Spread spread = spread_of({4, 1, 3, 2});
  EXPECT_EQ(spread.p50, 2);
  EXPECT_EQ(spread.p90, 4);
  EXPECT_EQ(spread.mean, 2.5);
}

TEST(Replay, PredictsFromTheLastTwoJobsOfTheUserAndCorrectsWhatWasTooShort) {
  // One device. Two jobs of 10 s teach; the third runs 1000 s, predicted 10 and corrected later, so
  // that a head behind it never sees a reservation in the past.
  Trace trace;
  trace.groups = trace.users = {"u"};
  for (const double duration_s : {10.0, 10.0, 1000.0, 5.0, 5.0}) {
    TraceJob job;
    job.line = static_cast<std::int64_t>(trace.jobs.size());
    job.submit_s = trace.jobs.empty() ? 0 : trace.jobs.back().submit_s + 30;
    job.duration_s = duration_s;
    trace.jobs.push_back(job);
  }
  const auto played = play(trace, {1, 1, 0}, Prediction::kLastTwo, "easy", true,
                           [](const Brain& brain, JobIndex job, const std::vector<Held>&) {
                             if (job == 2) {
                               EXPECT_DOUBLE_EQ(brain.job(2).predicted_s, 10);
                             }
                             if (job == 1) {
                               EXPECT_DOUBLE_EQ(brain.job(1).predicted_s, 0);
                             }
                           });
  EXPECT_DOUBLE_EQ(played.run.start_s[3], 60 + 1000);
  EXPECT_DOUBLE_EQ(played.run.start_s[4], 60 + 1005);
}

TEST(Replay, BehindAHeadWhoseStartIsUnknownNobodyOvertakes) {
  // Two nodes of 2. The first job has no known end; the head needs a whole node and the other one
  // is half taken by a job without a known end too: the small one behind must wait.
  Cluster cluster = make_cluster({2, 2, 0});
  Shape one, two;
  one.gpus = 1;
  two.gpus = 2;
  Workload workload;
  for (const Shape& shape : {two, one, two, one}) {
    Job job;
    job.shape = cluster.shape(shape);
    job.devices = shape.gpus;
    job.submit_s = static_cast<double>(workload.jobs.size());
    workload.jobs.push_back(job);
    workload.duration_s.push_back(100);
  }
  workload.jobs[3].predicted_s = 1;
  BrainOptions options;
  options.policy = *find_policy("easy");
  const Replay run = replay(cluster, workload, options);
  EXPECT_DOUBLE_EQ(run.start_s[2], 100);
  EXPECT_GE(run.start_s[3], run.start_s[2]);
}

}  // namespace

}  // namespace fulcrum::sched

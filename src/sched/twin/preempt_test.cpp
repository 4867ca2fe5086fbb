// Preemption, quotas and windows over random workloads: what must hold whatever the policy.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

#include "base/random.h"
#include "sched/stages/presets.h"
#include "sched/twin/figures.h"
#include "sched/twin/made_up_fixture.h"

namespace fulcrum::sched {

namespace {

constexpr const char* kPreemptive[] = {
    "priority_preempt", "priority+by_priority", "las_preempt",           "las+easy+least_served",
    "quota_fair",       "fifo+quota_reclaim",   "smith+easy+by_priority"};

struct World {
  ClusterSize size;
  Trace trace;
};

World random_world(base::Random& random) {
  World world;
  world.size.nodes = static_cast<std::uint32_t>(1 + random.below(4));
  world.size.devices = static_cast<std::uint32_t>(1 + random.below(8));
  const double devices = world.size.nodes * world.size.devices;
  Trace& trace = world.trace;
  trace.groups = {"a", "b", "c"};
  trace.assume.preemptible = true;
  trace.assume.checkpoint_every_s = random.below(2) == 0 ? 0 : 50;
  trace.assume.min_run_s = random.below(2) == 0 ? 0 : 100;
  trace.assume.restart_s = random.below(2) == 0 ? 0 : 7;
  if (random.below(3) > 0) {
    trace.quotas.push_back({"all", "", devices, devices, true, 1});
    trace.quotas.push_back({"a", "all", std::floor(devices / 2), 0, true, 1});
    trace.quotas.push_back({"b", "all", std::floor(devices / 3), std::ceil(devices * .7), true, 2});
  }
  double now_s = 0;
  for (std::size_t i = 0; i < 80; ++i) {
    now_s += static_cast<double>(random.below(4) * random.below(60));
    TraceJob job;
    job.submit_s = now_s;
    job.duration_s = static_cast<double>(1 + random.below(10) * random.below(100));
    job.limit_s = job.duration_s + static_cast<double>(random.below(300));
    job.devices = static_cast<std::uint32_t>(
        1 + random.below(random.below(4) == 0 ? world.size.nodes * world.size.devices : 2));
    job.priority = static_cast<double>(1 + random.below(3) * random.below(20));
    job.group = static_cast<std::uint32_t>(random.below(3));
    job.user = job.group;
    trace.jobs.push_back(job);
  }
  return world;
}

struct Interval {
  double from_s, to_s;
};

/// All the times that each job held its devices.
std::vector<std::vector<Interval>> held_times(const Replay& run) {
  std::vector<std::vector<Interval>> times(run.start_s.size());
  std::vector<double> last_s = run.start_s;
  for (const StoppedRun& stopped : run.stopped) {
    times[stopped.job].push_back({stopped.start_s, stopped.stop_s});
    last_s[stopped.job] = stopped.again_s;
  }
  for (std::size_t job = 0; job < times.size(); ++job)
    if (!std::isnan(run.start_s[job])) times[job].push_back({last_s[job], run.end_s[job]});
  return times;
}

RC_GTEST_PROP(Preempt, WorkIsConservedNobodyIsDrivenInCirclesAndDevicesSuffice,
              (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  const World world = random_world(random);
  for (const char* name : kPreemptive) {
    Cluster cluster = make_cluster(world.size);
    const Workload workload = make_workload(world.trace, world.size, cluster, Prediction::kPerfect);
    BrainOptions options;
    options.policy = *find_policy(name);
    const Replay run = replay(cluster, workload, options);
    RC_ASSERT(cluster.free_gpu_milli() == cluster.gpu_milli());
    const auto times = held_times(run);
    std::vector<double> kept_s(times.size(), 0);
    std::vector<int> stops(times.size(), 0);
    for (const StoppedRun& stopped : run.stopped) {
      const Job& job = workload.jobs[stopped.job];
      const double ran_s = stopped.stop_s - stopped.start_s;
      RC_ASSERT(ran_s >= job.min_run_s - 1e-6);
      RC_ASSERT(ran_s >= std::ldexp(60, stops[stopped.job]) - 1e-6);
      RC_ASSERT(stopped.kept_s <= ran_s);
      RC_ASSERT(stopped.again_s >= stopped.stop_s);
      kept_s[stopped.job] += stopped.kept_s;
      ++stops[stopped.job];
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (times[i].empty()) continue;
      RC_ASSERT(kept_s[i] < workload.duration_s[i]);
      double all_s = 0;
      for (const Interval& time : times[i]) {
        RC_ASSERT(time.to_s >= time.from_s);
        all_s += time.to_s - time.from_s;
      }
      // The last start does what was not kept, and a restart if there was one.
      const Interval last = times[i].back();
      const double restart_s = stops[i] > 0 ? workload.restart_s : 0;
      RC_ASSERT(std::abs(last.to_s - last.from_s -
                         (workload.duration_s[i] - kept_s[i] + restart_s)) < 1e-6);
      RC_ASSERT(stops[i] <= 1 + std::log2(1 + all_s / 60));
    }
    for (const auto& mine : times)  // at each start, all that is held fits
      for (const Interval& time : mine) {
        double devices = 0;
        for (std::size_t other = 0; other < times.size(); ++other)
          for (const Interval& there : times[other])
            if (there.from_s <= time.from_s && there.to_s > time.from_s)
              devices += workload.jobs[other].devices;
        RC_ASSERT(devices <= world.size.nodes * world.size.devices);
      }
    const ReplayFigures figures = figures_of(workload, run, world.size.nodes * world.size.devices);
    double held_s = 0, asked_s = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
      for (const Interval& time : times[i])
        held_s += (time.to_s - time.from_s) * workload.jobs[i].devices;
      if (!times[i].empty()) asked_s += workload.duration_s[i] * workload.jobs[i].devices;
    }
    RC_ASSERT(std::abs(held_s - asked_s - figures.lost_device_s) < 1e-6 * (1 + held_s));
  }
}

RC_GTEST_PROP(Quota, LimitsHoldAtEveryStart, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  World world = random_world(random);
  const double devices = world.size.nodes * world.size.devices;
  world.trace.quotas = {{"all", "", 0, std::ceil(devices * .9), true, 1},
                        {"a", "all", std::floor(devices / 3), 0, false, 1},
                        {"b", "all", 1, std::ceil(devices / 2), true, 1}};
  for (const char* name : {"fifo", "easy", "conservative", "fair_share", "fair_share_easy", "drf",
                           "quota_fair", "priority_preempt"}) {
    Cluster cluster = make_cluster(world.size);
    const Workload workload = make_workload(world.trace, world.size, cluster, Prediction::kLimit);
    BrainOptions options;
    options.policy = *find_policy(name);
    double most[3] = {0, 0, 0};
    const Replay run = replay(cluster, workload, options,
                              [&](const Brain& brain, JobIndex, const std::vector<Held>&) {
                                for (std::uint32_t i = 0; i < 3; ++i)
                                  most[i] = std::max(most[i], brain.quotas().held_devices(i));
                              });
    RC_ASSERT(most[0] <= std::ceil(devices * .9));
    RC_ASSERT(most[1] <= std::floor(devices / 3));
    RC_ASSERT(most[2] <= std::ceil(devices / 2));
    for (std::size_t i = 0; i < workload.jobs.size(); ++i)  // whoever may ever run did
      RC_ASSERT(std::isnan(run.start_s[i]) ==
                (!QuotaTree(workload.quotas).admits_ever(workload.jobs[i]) ||
                 workload.jobs[i].devices > devices));
  }
}

TEST(Quota, WhatWasBorrowedComesBack) {
  Trace trace;
  trace.groups = {"a", "b"};
  trace.assume.preemptible = true;
  trace.assume.checkpoint_every_s = 100;
  trace.quotas = {{"a", "", 4, 0, true, 1}, {"b", "", 4, 0, true, 1}};
  trace.jobs = {job_of(0, 10'000, 4, 0), job_of(0, 10'000, 4, 0), job_of(1050, 100, 4, 1)};
  const Replay kept = play(trace, {1, 8}, "fair_share_easy");
  EXPECT_EQ(kept.start_s[2], 10'000);
  const Replay run = play(trace, {1, 8}, "quota_fair");
  EXPECT_EQ(run.start_s[2], 1050);
  ASSERT_EQ(run.stopped.size(), 1U);
  EXPECT_EQ(run.stopped[0].kept_s, 1000);
  EXPECT_EQ(run.stopped[0].again_s, 1150);
  EXPECT_EQ(run.end_s[run.stopped[0].job], 1150 + 9'000);
}

TEST(Quota, AGuaranteeIsTakenBackAlsoFromBelowAFullParent) {
  const Trace trace = borrowed_below_a_full_parent();
  EXPECT_EQ(play(trace, {2, 8}, "quota_fair").start_s[2], 1050);  // devices are free, the quota not
}

TEST(Quota, WhoIsSureOfItsPartGoesBeforeWhoBorrows) {
  Trace trace;
  trace.groups = {"a", "b"};
  trace.quotas = {{"a", "", 2, 0, true, 1}, {"b", "", 2, 0, true, 1}};
  trace.jobs = {job_of(0, 100, 2, 0), job_of(0, 50, 2, 1), job_of(1, 100, 2, 0),
                job_of(2, 100, 2, 1)};
  const Replay run = play(trace, {1, 4}, "fifo");
  EXPECT_EQ(run.start_s[3], 50);
  EXPECT_EQ(run.start_s[2], 100);
}

TEST(Preempt, ByPriorityOnlyWhereItSavesMoreThanItCosts) {
  Trace trace;
  trace.groups = {"a"};
  trace.assume.preemptible = true;
  trace.jobs = {job_of(0, 1000, 4, 0), job_of(500, 100, 4, 0, 10)};
  EXPECT_EQ(play(trace, {1, 4}, "priority_preempt").start_s[1], 500);
  trace.jobs[1].submit_s = 950;  // 50 s of waiting against 950 s of lost work and 100 s of waiting
  EXPECT_EQ(play(trace, {1, 4}, "priority_preempt").start_s[1], 1000);
  trace.assume.checkpoint_every_s = 950;  // nothing is lost: 10 x 50 against 100
  EXPECT_EQ(play(trace, {1, 4}, "priority_preempt").start_s[1], 950);
  trace.assume.min_run_s = 960;  // looked at again when its protection ends
  EXPECT_EQ(play(trace, {1, 4}, "priority_preempt").start_s[1], 960);
}

TEST(Preempt, OnlyAsManyAsAreNeeded) {
  Trace trace;
  trace.groups = {"a"};
  trace.assume.preemptible = true;
  trace.jobs = {job_of(0, 5000, 1, 0), job_of(0, 5000, 4, 0), job_of(0, 5000, 3, 0),
                job_of(100, 100, 4, 0, 1000)};
  const Replay run = play(trace, {1, 8}, "priority_preempt");
  EXPECT_EQ(run.start_s[3], 100);
  ASSERT_EQ(run.stopped.size(), 1U);
  EXPECT_EQ(run.stopped[0].job, 1U);
}

TEST(Windows, NobodyIsExpectedToRunIntoMaintenance) {
  Trace trace;
  trace.groups = {"a"};
  trace.jobs = {job_of(0, 200, 1, 0), job_of(0, 50, 1, 0), job_of(10, 90, 1, 0)};
  const Replay run = play(trace, {1, 4}, "fifo", {{{0}, 100, 300}});
  EXPECT_EQ(run.start_s[0], 300);
  EXPECT_EQ(run.start_s[1], 0);
  EXPECT_EQ(run.start_s[2], 10);
}

TEST(Windows, AReservationIsForItsOwn) {
  Trace trace;
  trace.groups = {"a"};
  trace.jobs = {job_of(0, 200, 1, 0), job_of(50, 10, 1, 0)};
  const ClusterSize size{1, 1};
  Cluster cluster = make_cluster(size);
  Workload workload = make_workload(trace, size, cluster, Prediction::kPerfect);
  workload.windows = {{{0}, 40, 100, 7}};
  workload.jobs[1].reservation = 7;
  BrainOptions options;
  options.policy = *find_policy("easy");
  const Replay run = replay(cluster, workload, options);
  EXPECT_EQ(run.start_s[1], 50);
  EXPECT_EQ(run.start_s[0], 100);
}

RC_GTEST_PROP(Windows, NoStartRunsIntoOne, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  World world = random_world(random);
  world.trace.quotas.clear();
  for (const char* name : {"fifo", "easy", "conservative", "priority_preempt", "sjf"}) {
    Cluster cluster = make_cluster(world.size);
    Workload workload = make_workload(world.trace, world.size, cluster, Prediction::kPerfect);
    const Window window{{0}, 500, 900, kNobody};
    workload.windows = {window};
    BrainOptions options;
    options.policy = *find_policy(name);
    std::vector<JobIndex> on_first;
    bool is_clear = true;
    const auto run = replay(cluster, workload, options,
                            [&](const Brain& brain, JobIndex job, const std::vector<Held>& held) {
                              for (const Held& one : held) {
                                if (one.node != 0) continue;
                                (void)brain;
                                on_first.push_back(job);
                              }
                            });
    if (!run.stopped.empty()) continue;  // its second start is not in start_s
    for (const JobIndex job : on_first)
      is_clear =
          is_clear && (run.end_s[job] <= window.from_s || run.start_s[job] >= window.until_s);
    RC_ASSERT(is_clear);
    for (std::size_t i = 0; i < workload.jobs.size(); ++i)
      RC_ASSERT(std::isnan(run.start_s[i]) ==
                (workload.jobs[i].devices > world.size.nodes * world.size.devices));
  }
}

/// Two tasks of a gang may not share one licence, which the plan of reservations does not know.
TEST(Conservative, AGangDoesNotTakeACustomResourceTwice) {
  Cluster cluster;
  NodeSpec node;
  node.gpus = 8;
  node.cpu_milli = 8000;
  node.custom = {1};
  cluster.add_node(node);
  Shape shape;
  shape.gpus = 1;
  shape.custom = {1};
  Job gang;
  gang.shape = cluster.shape(shape);
  gang.tasks = 2;
  gang.predicted_s = 10;
  BrainOptions options;
  options.policy = *find_policy("conservative");
  Brain brain(cluster, options);
  brain.submit(gang);
  EXPECT_TRUE(brain.pass(0).empty());
  EXPECT_EQ(cluster.free_whole_gpus(), 8);
  gang.tasks = 1;
  Brain other(cluster, options);
  other.submit(gang);
  EXPECT_EQ(other.pass(0).size(), 1U);
}

}  // namespace

}  // namespace fulcrum::sched

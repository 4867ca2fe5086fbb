#include "sched/twin/detail.h"

#include <gtest/gtest.h>

#include "sched/stages/presets.h"
#include "sched/twin/figures.h"
#include "sched/twin/workload.h"

namespace fulcrum::sched {

namespace {

struct Played {
  Cluster cluster;
  Workload workload;
  Replay run;
  Holdings holdings{0};
};

Played play(const Trace& trace, const char* size) {
  Played played;
  played.cluster = make_cluster(*parse_cluster(size));
  played.workload =
      make_workload(trace, *parse_cluster(size), played.cluster, Prediction::kPerfect);
  played.holdings = Holdings(played.workload.jobs.size());
  BrainOptions options;
  options.policy = *find_policy("fifo");
  played.run =
      replay(played.cluster, played.workload, std::move(options), played.holdings.watcher());
  return played;
}

TraceJob job(double submit_s, double duration_s, std::uint32_t devices) {
  TraceJob one;
  one.submit_s = submit_s;
  one.duration_s = duration_s;
  one.devices = devices;
  return one;
}

/// One node of four. Half of the jobs ask for one device, half for four. While a one-device job
/// runs, three are free: a four-device job can use none of them, so 3 x 1/2 is fragmented of 4.
TEST(Detail, FragmentationIsWhatATypicalJobCouldNotUse) {
  Trace trace;
  trace.groups = {"all"};
  trace.jobs = {job(0, 100, 1), job(100, 100, 4)};
  Played played = play(trace, "1x4");
  const RunDetail detail =
      detail_of(played.cluster, played.workload, played.run, played.holdings, {50, 100, 150, 200});
  ASSERT_EQ(detail.fragmentation.size(), 4U);
  EXPECT_DOUBLE_EQ(detail.fragmentation[0], 0.375);
  EXPECT_DOUBLE_EQ(detail.fragmentation[1], 0.375);
  EXPECT_DOUBLE_EQ(detail.fragmentation[2], 0);
  EXPECT_DOUBLE_EQ(detail.mean_fragmentation, 0.1875);
  EXPECT_EQ(played.cluster.free_gpu_milli(), 4000) << "everything was given back";
}

/// A job that was stopped held its devices twice, and waited in between.
TEST(Detail, AStoppedJobHoldsAndWaitsTwice) {
  Trace trace;
  trace.groups = {"all"};
  trace.jobs = {job(0, 100, 1), job(100, 100, 4)};
  Played played = play(trace, "1x4");
  played.run.stopped = {{0, 0, 50, 50, 250}};
  played.run.end_s = {300, 200};
  const std::vector<Held> held = played.holdings.of(0)[0];
  BrainOptions options;
  options.policy = *find_policy("fifo");
  played.holdings.watcher()(Brain(played.cluster, std::move(options)), 0, held);
  const RunDetail detail =
      detail_of(played.cluster, played.workload, played.run, played.holdings, {50, 100, 200, 300});
  EXPECT_DOUBLE_EQ(detail.fragmentation[0], 0.375);
  EXPECT_DOUBLE_EQ(detail.fragmentation[1], 0);
  EXPECT_DOUBLE_EQ(detail.fragmentation[2], 0);
  EXPECT_DOUBLE_EQ(detail.fragmentation[3], 0.1875) << "half of the time, the second start";
  EXPECT_DOUBLE_EQ(detail.wait_s[99], 200);
}

TEST(Detail, DistributionsAreNearestRanks) {
  Trace trace;
  trace.groups = {"all"};
  for (int i = 0; i < 4; ++i) trace.jobs.push_back(job(0, 10, 1));
  Played played = play(trace, "1x1");
  const RunDetail detail =
      detail_of(played.cluster, played.workload, played.run, played.holdings, {});
  ASSERT_EQ(detail.part.size(), 100U);
  EXPECT_DOUBLE_EQ(detail.wait_s[24], 0) << "a quarter did not wait";
  EXPECT_DOUBLE_EQ(detail.wait_s[25], 10);
  EXPECT_DOUBLE_EQ(detail.wait_s[99], 30);
  EXPECT_DOUBLE_EQ(detail.jct_s[99], 40);
  EXPECT_TRUE(detail.fragmentation.empty()) << "no moments were asked for";
}

}  // namespace

}  // namespace fulcrum::sched

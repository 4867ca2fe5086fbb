// Quotas, windows and preemption where they meet each other and backfilling.
#include <gtest/gtest.h>

#include <cmath>

#include "sched/twin/made_up_fixture.h"

namespace fulcrum::sched {

namespace {

NodeSpec node_of(std::uint16_t gpus) {
  NodeSpec node;
  node.gpus = gpus;
  return node;
}

Job job_on(Cluster& cluster, std::uint32_t gpus, double predicted_s, std::uint32_t quota) {
  Shape shape;
  shape.gpus = gpus;
  Job job;
  job.shape = cluster.shape(shape);
  job.devices = gpus;
  job.predicted_s = predicted_s;
  job.quota = quota;
  return job;
}

TEST(Conservative, AGuaranteeIsTakenBackFromBelowAFullParent) {
  const Trace trace = borrowed_below_a_full_parent();
  EXPECT_EQ(play(trace, {2, 8}, "fifo+conservative+quota_reclaim").start_s[2], 1050);
}

TEST(Conservative, GoesAroundAWindow) {
  Trace trace;
  trace.groups = {"a"};
  trace.jobs = {job_of(0, 200, 4, 0), job_of(0, 150, 8, 0), job_of(1, 50, 4, 0)};
  const Replay run = play(trace, {2, 4}, "conservative", {{{0}, 100, 300}});
  EXPECT_EQ(run.start_s[0], 0);    // on the other node
  EXPECT_EQ(run.start_s[1], 300);  // needs both
  EXPECT_EQ(run.start_s[2], 1);    // before the window
}

TEST(Preempt, AnAskTakenBackLeavesTheExpectedEndAsItWas) {
  Cluster cluster;
  cluster.add_node(node_of(4));
  BrainOptions options;
  options.policy = *find_policy("priority+easy+by_priority");
  Brain brain(cluster, options);
  Job low = job_on(cluster, 4, 100, kNoQuota);
  low.preemptible = true;
  brain.submit(low);
  ASSERT_EQ(brain.pass(0).size(), 1U);
  Job high = job_on(cluster, 4, 100, kNoQuota);
  high.priority = 1000;
  brain.submit(high);
  (void)brain.pass(110);  // a minute more, since it outlived its prediction
  ASSERT_EQ(brain.asked_to_stop().size(), 1U);
  (void)brain.undo_pass();
  (void)brain.pass(170);  // five minutes more: the second time
  EXPECT_EQ(brain.head_start_s(), 460);
}

TEST(Preempt, NobodyIsStoppedWhoWouldGoFirstAgain) {
  Trace trace;
  trace.groups = {"a"};
  trace.assume.preemptible = true;
  trace.jobs = {job_of(0, 1000, 4, 0), job_of(500, 100, 4, 0, 10)};
  for (const char* policy : {"fifo+by_priority", "fifo+easy+by_priority"}) {
    EXPECT_TRUE(play(trace, {1, 4}, policy).stopped.empty()) << policy;
  }
}

TEST(LeastServed, WhoHoldsNoDeviceNeverHadMuch) {
  const PreemptStage& stage = *find_preempt_stage("least_served");
  Job waiting, running;
  running.devices = 0;
  const QuotaTree quotas;
  EXPECT_TRUE(std::isinf(stage.may_from_s({1e6, quotas}, waiting, running, 0)));
  running.devices = 2;
  EXPECT_EQ(stage.may_from_s({1e6, quotas}, waiting, running, 10), 10 + 1800);
}

TEST(Quota, NobodyBehindTheHeadTakesItsPartOfTheQuota) {
  Trace trace;
  trace.groups = {"a", "c"};
  trace.quotas = {{"a", "", 0, 6, true, 1}};
  trace.jobs = {job_of(0, 100, 4, 1), job_of(1, 100, 6, 0), job_of(2, 1000, 1, 0),
                job_of(2, 50, 1, 0)};
  const Replay run = play(trace, {1, 8}, "easy");
  EXPECT_EQ(run.start_s[1], 100);
  EXPECT_EQ(run.start_s[3], 2);  // ends in time
}

TEST(Quota, StrictOrderHoldsForTheQuotaToo) {
  Cluster cluster;
  cluster.add_node(node_of(4));
  cluster.add_node(node_of(1));
  BrainOptions options;
  options.policy = *find_policy("fifo");
  Brain brain(cluster, options);
  QuotaNode quota;
  quota.limit_devices = 4;
  brain.set_quotas(QuotaTree({quota}));
  brain.submit(job_on(cluster, 4, 0, kNoQuota));
  ASSERT_EQ(brain.pass(0).size(), 1U);
  brain.submit(job_on(cluster, 4, 0, 0));
  brain.submit(job_on(cluster, 1, 0, 0));
  EXPECT_TRUE(brain.pass(1).empty());
  brain.submit(job_on(cluster, 1, 0, kNoQuota));
  EXPECT_EQ(brain.pass(2).size(), 1U);
}

TEST(Quota, ALargeJobIsNotPassedForEver) {
  for (const char* policy : {"fifo", "easy", "conservative", "fair_share"}) {
    Trace trace;
    trace.groups = {"a", "b"};
    trace.quotas = {{"a", "", 0, 4, true, 1}, {"b", "", 0, 4, true, 1}};
    trace.jobs = {job_of(0, 100, 2, 0), job_of(0, 150, 2, 0), job_of(1, 100, 4, 0)};
    for (int i = 0; i < 20; ++i) trace.jobs.push_back(job_of(2 + i * 50, 90, 2, 0));
    trace.jobs.push_back(job_of(1010, 10, 4, 1));
    const Replay run = play(trace, {1, 16}, policy);
    EXPECT_EQ(run.start_s[2], 150) << policy;
    EXPECT_EQ(run.start_s.back(), 1010) << policy;  // other quotas go on
  }
}

TEST(Quota, WhomItsOwnQuotaStopsKeepsNothingOfTheOneAbove) {
  for (const char* policy : {"fifo", "easy", "conservative"}) {
    Trace trace;
    trace.groups = {"a", "b"};
    trace.quotas = {
        {"all", "", 0, 8, true, 1}, {"a", "all", 0, 4, true, 1}, {"b", "all", 0, 0, true, 1}};
    trace.jobs = {job_of(0, 1000, 4, 0), job_of(1, 100, 4, 0), job_of(2, 1000, 4, 1)};
    EXPECT_EQ(play(trace, {1, 16}, policy).start_s[2], 2) << policy;
  }
}

TEST(Quota, WhoEndsInTimePassesALargeJobOfItsQuota) {
  Trace trace;
  trace.groups = {"a"};
  trace.quotas = {{"a", "", 0, 4, true, 1}};
  trace.jobs = {job_of(0, 100, 2, 0), job_of(1, 100, 4, 0), job_of(2, 98, 2, 0)};
  const Replay run = play(trace, {1, 16}, "easy");
  EXPECT_EQ(run.start_s[1], 100);
  EXPECT_EQ(run.start_s[2], 2);
}

/// dept1 { a: 4 } and dept2 { b: 4, d: 0 }; nothing was said of the departments themselves.
QuotaTree departments() {
  std::vector<QuotaNode> nodes(5);
  nodes[2] = {0, 4, 0, true, 1};
  nodes[3] = {1, 4, 0, true, 1};
  nodes[4] = {1, 0, 0, true, 1};
  return QuotaTree(nodes);
}

Job of_quota(std::uint32_t quota, double devices) {
  Job job;
  job.quota = quota;
  job.devices = devices;
  return job;
}

TEST(Quota, WhatAQuotaIsSureOfCountsAboveIt) {
  QuotaTree quotas = departments();
  const Job wanted = of_quota(2, 4), other = of_quota(3, 2), borrower = of_quota(4, 2);
  quotas.take(other);
  quotas.take(other);
  EXPECT_FALSE(quotas.may_reclaim(wanted, other));  // b has what it is sure of
  EXPECT_TRUE(quotas.may_reclaim(wanted, of_quota(kNoQuota, 2)));
  quotas.take(other);
  EXPECT_TRUE(quotas.may_reclaim(wanted, other));
  quotas.give_back(other);
  quotas.take(borrower);
  EXPECT_FALSE(quotas.may_reclaim(wanted, other));  // its neighbour borrowed, not b
  EXPECT_TRUE(quotas.may_reclaim(wanted, borrower));
}

TEST(Windows, TheShortGoBeforeTheNearerOfTwo) {
  Trace trace;
  trace.groups = {"a"};
  trace.jobs = {job_of(0, 9000, 4, 0), job_of(1, 500, 4, 0), job_of(1, 50, 4, 0)};
  const std::vector<Window> windows{{{0}, 100, 200}, {{1}, 10'000, 10'100}};
  EXPECT_EQ(play(trace, {2, 4}, "fifo", windows).start_s[2], 1);
  trace.jobs.push_back(job_of(1, 10, 8, 0));  // the head needs both nodes
  EXPECT_EQ(play(trace, {2, 4}, "easy", windows).start_s[2], 1);
}

TEST(Exact, AJobOfUnknownDurationKeepsItsPlace) {
  Trace trace;
  trace.groups = {"a"};
  trace.jobs = {job_of(0, 1000, 2, 0), job_of(1, 100, 4, 0), job_of(2, 5000, 2, 0),
                job_of(2, 1200, 2, 0, 10)};
  trace.jobs[1].limit_s = 0;
  EXPECT_EQ(play(trace, {1, 4}, "fifo+exact", {}, Prediction::kLimit).start_s[1], 1000);
}

}  // namespace

}  // namespace fulcrum::sched

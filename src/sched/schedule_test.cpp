#include "sched/schedule.h"

#include <gmock/gmock.h>

#include "sched/policies.h"
#include "sched/sched_fixture.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched {

namespace {

using ::testing::ElementsAre;

struct World {
  std::map<std::string, NodeState> nodes;
  std::map<std::string, OpenJob> jobs;

  void add(Node node) {
    const std::string name = node.name;
    nodes[name] = empty_node(std::move(node));
  }
  void add(OpenJob job) {
    const std::string id = job.id;
    jobs[id] = std::move(job);
  }
  /// A job that runs already.
  void run(const std::string& node, std::uint32_t gpus) {
    OpenJob job = waiting("running-on-" + node, 0, gpus);
    job.phase = JobPhase::kRunning;
    job.attempt = 1;
    job.node = node;
    job.taken = choose(nodes.at(node), job.spec.resources);
    ASSERT_TRUE(take(nodes.at(node), job.taken));
    add(job);
  }
  Schedule pass(std::string_view order = "fifo", std::string_view place = "best_fit") {
    Cache cache;
    return schedule({nodes, jobs, order, place}, {}, cache);
  }
};

std::vector<std::string> placed(const Schedule& result) {
  std::vector<std::string> list;
  for (const auto& placement : result.placements)
    list.push_back(placement.job + "@" + placement.node);
  return list;
}

Refusal refusal_of(const Schedule& result, const std::string& job) {
  for (const auto& refused : result.refusals)
    if (refused.job == job) return refused.refusal;
  ADD_FAILURE() << job << " was not refused";
  return {};
}

TEST(Schedule, FirstComeBlocksTheLineAndSaysWhy) {
  World cluster;
  cluster.add(gpu_node("n1", 8));
  cluster.add(waiting("a", 1, 6));
  cluster.add(waiting("b", 2, 4));
  cluster.add(waiting("c", 3, 2));
  const Schedule result = cluster.pass();
  EXPECT_THAT(placed(result), ElementsAre("a@n1"));
  const Refusal b = refusal_of(result, "b"), c = refusal_of(result, "c");
  EXPECT_EQ(b.code, RefusalCode::kNotEnoughGpu);
  EXPECT_EQ(b.need, 4);
  EXPECT_EQ(b.free, 2);
  EXPECT_EQ(b.largest_free_on_one_node, 2);
  EXPECT_EQ(b.capacity, 8);
  EXPECT_EQ(c.code, RefusalCode::kBehind);
  EXPECT_EQ(c.job, "b");
}

TEST(Schedule, SixteenFreeDevicesInPiecesAreNotEnoughForAGang) {
  World cluster;
  for (int i = 0; i < 4; ++i) {
    cluster.add(gpu_node("n" + std::to_string(i), 8));
    cluster.run("n" + std::to_string(i), 4);
  }
  cluster.add(waiting("a", 1, 6));
  const Refusal a = refusal_of(cluster.pass(), "a");
  EXPECT_EQ(a.code, RefusalCode::kNotEnoughGpu);
  EXPECT_EQ(a.free, 16);
  EXPECT_EQ(a.largest_free_on_one_node, 4);
  EXPECT_NE(sentence(a).find("16 devices free in all"), std::string::npos) << sentence(a);
}

TEST(Schedule, AWaitingJobClosesOnlyNodesOnWhichItCouldRun) {
  World cluster;
  cluster.add(gpu_node("big", 8));
  cluster.add(gpu_node("small", 2));
  cluster.run("big", 4);
  cluster.add(waiting("a", 1, 8));
  cluster.add(waiting("b", 2, 2));
  cluster.add(waiting("c", 3, 1));
  const Schedule result = cluster.pass();
  EXPECT_THAT(placed(result), ElementsAre("b@small"));
  EXPECT_EQ(refusal_of(result, "c").code, RefusalCode::kBehind);
}

TEST(Schedule, OrdersDiffer) {
  World cluster;
  cluster.add(gpu_node("n1", 1));
  auto first = waiting("a", 1, 1, 1), second = waiting("b", 2, 1, 5), third = waiting("c", 3, 1, 5);
  third.spec.predicted_s = 10;
  second.spec.predicted_s = 100;
  cluster.add(first);
  cluster.add(second);
  cluster.add(third);
  EXPECT_THAT(placed(cluster.pass("fifo")), ElementsAre("a@n1"));
  EXPECT_THAT(placed(cluster.pass("priority")), ElementsAre("b@n1"));
  EXPECT_THAT(placed(cluster.pass("wspt")), ElementsAre("c@n1"));
}

TEST(Schedule, RoundRobinLetsOwnersTakeTurns) {
  World cluster;
  cluster.add(gpu_node("n1", 4));
  for (int i = 0; i < 4; ++i) cluster.add(waiting("a" + std::to_string(i), i, 1));
  auto other = waiting("b0", 9, 1);
  other.spec.owner = "bo";
  cluster.add(other);
  EXPECT_THAT(placed(cluster.pass("round_robin")), ElementsAre("a0@n1", "b0@n1", "a1@n1", "a2@n1"));
}

TEST(Schedule, PlacesDiffer) {
  World cluster;
  cluster.add(gpu_node("a-empty", 8));
  cluster.add(gpu_node("b-fuller", 8));
  cluster.run("b-fuller", 6);
  cluster.add(waiting("j", 1, 2));
  EXPECT_THAT(placed(cluster.pass("fifo", "tightest")), ElementsAre("j@b-fuller"));
  EXPECT_THAT(placed(cluster.pass("fifo", "first_fit")), ElementsAre("j@a-empty"));
}

TEST(Schedule, SharesPackOntoTheFullestDeviceAndModelsAreKept) {
  World cluster;
  cluster.add(gpu_node("n1", 2, "V100"));
  auto half = waiting("a", 1, 1), other_half = waiting("b", 2, 1), wrong = waiting("c", 3, 1);
  half.spec.resources.gpu_milli = 600;
  other_half.spec.resources.gpu_milli = 400;
  other_half.spec.resources.gpu_model = "A100|V100";
  wrong.spec.resources.gpu_model = "H100";
  cluster.add(half);
  cluster.add(other_half);
  cluster.add(wrong);
  const Schedule result = cluster.pass();
  ASSERT_EQ(result.placements.size(), 2u);
  EXPECT_EQ(result.placements[0].taken.devices, result.placements[1].taken.devices);
  EXPECT_EQ(refusal_of(result, "c").code, RefusalCode::kGpuModelAbsent);
}

TEST(Schedule, SimulatedJobsAndNodesKeepToThemselves) {
  World cluster;
  Node node = gpu_node("sim", 8);
  node.simulated = true;
  cluster.add(node);
  cluster.add(waiting("a", 1, 1));
  EXPECT_EQ(refusal_of(cluster.pass(), "a").code, RefusalCode::kNoNode);
  cluster.jobs["a"].spec.simulated = true;
  EXPECT_THAT(placed(cluster.pass()), ElementsAre("a@sim"));
}

TEST(Schedule, ADeviceThatIsACoreHoldsItsCpu) {
  Node node;
  node.name = "laptop";
  node.device_kind = DeviceKind::kCore;
  node.cpu_milli = 2000;
  node.devices = {{0, "core", 0}, {1, "core", 0}};
  World cluster;
  cluster.add(node);
  auto cpu = waiting("b", 2, 0);
  cpu.spec.resources.cpu_milli = 1500;
  cluster.add(waiting("a", 1, 1));
  cluster.add(cpu);
  const Schedule result = cluster.pass();
  EXPECT_THAT(placed(result), ElementsAre("a@laptop"));
  EXPECT_EQ(refusal_of(result, "b").code, RefusalCode::kNotEnoughCpu);
  EXPECT_EQ(refusal_of(result, "b").largest_free_on_one_node, 1000);
}

TEST(Schedule, AGangStartsAsAWholeOrWaits) {
  World cluster;
  for (const char* name : {"a", "b"}) {
    Node node = gpu_node(name, 4);
    node.simulated = true;
    cluster.add(node);
  }
  OpenJob gang = waiting("gang", 1, 3);
  gang.spec.simulated = true;
  gang.spec.tasks = 2;
  cluster.add(gang);
  const Schedule alone = cluster.pass();
  ASSERT_THAT(placed(alone), ElementsAre("gang@a"));
  ASSERT_EQ(alone.placements[0].more.size(), 1u);
  EXPECT_EQ(alone.placements[0].more[0].node, "b");
  cluster.jobs["gang"].spec.tasks = 3;
  const Refusal refused = refusal_of(cluster.pass(), "gang");
  EXPECT_EQ(refused.code, RefusalCode::kGang);
  EXPECT_EQ(refused.free, 2);
}

TEST(Schedule, EasyFillsTheHoleBeforeTheFirstThatWaits) {
  World cluster;
  cluster.add(gpu_node("n", 4));
  cluster.run("n", 2);
  cluster.jobs["running-on-n"].spec.predicted_s = 100;
  auto first = waiting("first", 1, 4), is_short = waiting("short", 3, 1),
       is_long = waiting("long", 2, 1);
  is_short.spec.predicted_s = 50;
  is_long.spec.predicted_s = 500;
  for (const auto& job : {first, is_short, is_long}) cluster.add(job);
  EXPECT_TRUE(cluster.pass().placements.empty());
  Cache cache;
  const ClusterView view{cluster.nodes, cluster.jobs, "fifo", "best_fit", "easy"};
  EXPECT_THAT(placed(schedule(view, {}, cache)), ElementsAre("short@n"));
}

TEST(Schedule, EveryListedPolicyIsFoundByName) {
  for (const auto& policy : policy_list())
    EXPECT_TRUE(policy.stage == "order"   ? find_order(policy.name) != nullptr
                : policy.stage == "place" ? find_place(policy.name) != nullptr
                : policy.stage == "preempt"
                    ? policy.name == "none" || find_preempt_stage(policy.name) != nullptr
                    : find_backfill(policy.name) || policy.stage == "preset" ||
                          policy.stage == "resize")
        << policy.name;
  EXPECT_EQ(find_order("wspt"), find_order("smith"));
  EXPECT_EQ(find_order("best_fit"), nullptr);
  EXPECT_EQ(find_place("fifo"), nullptr);
}

}  // namespace

}  // namespace fulcrum::sched

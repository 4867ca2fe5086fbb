// TPUs and other accelerators beside GPUs: whose demand goes where, and why it waits.
#include <gmock/gmock.h>

#include "sched/sched_fixture.h"
#include "sched/trace/ledger.h"
#include "sched/twin/own_nodes.h"

namespace fulcrum::sched {

namespace {

using ::testing::ElementsAre;

Node node_of(const std::string& name, DeviceKind kind, std::uint32_t devices,
             const std::string& model) {
  Node node = gpu_node(name, devices, model);
  node.device_kind = kind;
  return node;
}

OpenJob asking(const std::string& id, std::uint64_t order, DeviceKind kind, std::uint32_t devices) {
  OpenJob job = waiting(id, order, devices);
  job.spec.resources.device_kind = kind;
  return job;
}

std::vector<std::string> placed(const std::vector<Node>& nodes, const std::vector<OpenJob>& jobs,
                                std::vector<JobRefusal>* refusals = nullptr) {
  std::map<std::string, NodeState> states;
  std::map<std::string, OpenJob> open;
  for (const Node& node : nodes) states[node.name] = empty_node(node);
  for (const OpenJob& job : jobs) open[job.id] = job;
  Cache cache;
  const Schedule result = schedule({states, open, "fifo", "best_fit"}, {}, cache);
  std::vector<std::string> list;
  for (const auto& placement : result.placements)
    list.push_back(placement.job + "@" + placement.node);
  if (refusals != nullptr) *refusals = result.refusals;
  return list;
}

TEST(DeviceKind, EachGoesToItsOwn) {
  const std::vector<Node> nodes{node_of("gpu", DeviceKind::kGpu, 2, "P100"),
                                node_of("npu", DeviceKind::kOther, 4, "Ascend910"),
                                node_of("tpu", DeviceKind::kTpu, 4, "v4")};
  EXPECT_THAT(
      placed(nodes, {asking("a", 1, DeviceKind::kTpu, 3), asking("b", 2, DeviceKind::kGpu, 2),
                     asking("c", 3, DeviceKind::kOther, 4)}),
      ElementsAre("a@tpu", "b@gpu", "c@npu"));
}

TEST(DeviceKind, CoresStandInForGpusAlone) {
  const std::vector<Node> nodes{node_of("core", DeviceKind::kCore, 8, "core"),
                                node_of("tpu", DeviceKind::kTpu, 4, "v4")};
  EXPECT_THAT(
      placed(nodes, {asking("a", 1, DeviceKind::kGpu, 2), asking("b", 2, DeviceKind::kCore, 2)}),
      ElementsAre("a@core", "b@core"));
  std::vector<JobRefusal> refusals;
  EXPECT_THAT(placed(nodes, {asking("a", 1, DeviceKind::kTpu, 5)}, &refusals), ElementsAre());
  ASSERT_EQ(refusals.size(), 1U);
  EXPECT_EQ(refusals[0].refusal.code, RefusalCode::kNotEnoughGpu);
  EXPECT_EQ(refusals[0].refusal.capacity, 4);
}

TEST(DeviceKind, AModelIsOneOfTheKind) {
  OpenJob job = asking("a", 1, DeviceKind::kTpu, 1);
  job.spec.resources.gpu_model = "v5";
  const std::vector<Node> nodes{node_of("g", DeviceKind::kGpu, 4, "v5"),
                                node_of("t4", DeviceKind::kTpu, 4, "v4"),
                                node_of("t5", DeviceKind::kTpu, 4, "v5")};
  EXPECT_THAT(placed(nodes, {job}), ElementsAre("a@t5"));
}

TEST(DeviceKind, AKindThatNobodyHasIsRefusedAtOnce) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const auto refused = bench.send(
      "job.submit", R"({"name":"j","command":["x"],"resources":{"gpus":3,"device_kind":"tpu"}})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "job.never_fits");
  EXPECT_NE(refused.error().message.find("3 devices of kind tpu"), std::string::npos)
      << refused.error().message;
}

TEST(DeviceKind, ThePillarTakesItFromSubmissionToItsHistory) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", R"({"name":"t1","cpu_milli":8000,"device_kind":"tpu",)"
                                     R"("devices":[{"index":0,"model":"v4"}]})"));
  const std::string job = job_of(bench.send(
      "job.submit", R"({"name":"j","command":["x"],"resources":{"gpus":1,"device_kind":"tpu"}})"));
  EXPECT_FALSE(bench.send("job.submit", R"({"name":"j","command":["x"],"resources":{"gpus":1}})"));
  ASSERT_TRUE(bench.send("job.start", R"({"job":")" + job + R"(","node":"t1","devices":[0]})"));
  bench.now_us += 60'000'000;
  ASSERT_TRUE(bench.send("job.end", R"({"job":")" + job + R"(","attempt":1,"state":"succeeded"})"));

  const auto rows = bench.store->tables().select({.table = "sched_jobs"});
  ASSERT_TRUE(rows);
  const auto nodes =
      cluster_of_nodes(base::find_path(bench.ask("node.list", "{}"), "nodes")->get_array(), false);
  ASSERT_TRUE(nodes);
  EXPECT_EQ(nodes->kind, DeviceClass::kTpu);
}

}  // namespace

}  // namespace fulcrum::sched

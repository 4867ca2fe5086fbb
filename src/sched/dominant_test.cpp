// Dominant resource fairness over every resource, live and in replays.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "sched/sched_fixture.h"
#include "sched/twin/made_up_fixture.h"

namespace fulcrum::sched {

namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kGib = std::int64_t{1} << 30;

/// Ghodsi et al. 2011, section 4.1: 9 CPUs and 18 GB; A's tasks want 1 CPU and 4 GB, B's 3 and 1.
constexpr std::int64_t kCpus = 9, kMemory = 18;

Demand demand_of(std::int64_t cpus, std::int64_t gib) {
  Demand demand;
  demand.cpu_milli = cpus * kWholeMilli;
  demand.memory_bytes = gib * kGib;
  return demand;
}

struct Shared {
  std::map<std::string, NodeState> nodes;
  std::map<std::string, OpenJob> jobs;
  Quotas quotas;
  std::uint64_t arrived = 0;

  explicit Shared(const Node& node) { nodes[node.name] = empty_node(node); }

  void wait(const std::string& id, const std::string& owner, const Demand& demand) {
    OpenJob job = waiting(id, ++arrived, 0);
    job.spec.owner = owner;
    job.spec.resources = demand;
    jobs[id] = job;
  }
  std::vector<std::string> started(Cache& cache, std::string_view order = "drf") {
    ClusterView view{nodes, jobs, order, "best_fit"};
    view.quotas = &quotas;
    std::vector<std::string> ids;
    for (const auto& placement : schedule(view, {}, cache).placements) ids.push_back(placement.job);
    return ids;
  }
  std::vector<std::string> started(std::string_view order = "drf") {
    Cache cache;
    return started(cache, order);
  }
};

Node node_of(std::int64_t cpus, std::int64_t gib) {
  Node node;
  node.name = "n1";
  node.cpu_milli = cpus * kWholeMilli;
  node.memory_bytes = gib * kGib;
  return node;
}

TEST(Dominant, ThePapersExampleLive) {
  Shared cluster(node_of(kCpus, kMemory));
  for (int i = 0; i < 6; ++i) cluster.wait("a" + std::to_string(i), "anna", demand_of(1, 4));
  for (int i = 0; i < 6; ++i) cluster.wait("b" + std::to_string(i), "bo", demand_of(3, 1));
  EXPECT_THAT(cluster.started(), ElementsAre("a0", "b0", "a1", "b1", "a2"));
}

TEST(Dominant, ThePapersExampleInAReplay) {
  Trace trace;
  trace.groups = {"a", "b"};
  for (int i = 0; i < 12; ++i) {
    TraceJob job = job_of(0, 100, 1, i < 6 ? 0 : 1);
    job.task.count = 1;
    job.task.cpu_milli = (i < 6 ? 1 : 3) * kWholeMilli;
    job.task.memory_bytes = (i < 6 ? 4 : 1) * kGib;
    trace.jobs.push_back(job);
  }
  ClusterSize size;
  size.nodes = 1;
  size.cpu_milli = kCpus * kWholeMilli;
  size.memory_bytes = kMemory * kGib;
  const Replay run = play(trace, size, "drf");
  const auto at_once = [&](std::size_t first) {
    return std::count(run.start_s.begin() + static_cast<std::ptrdiff_t>(first),
                      run.start_s.begin() + static_cast<std::ptrdiff_t>(first) + 6, 0.0);
  };
  EXPECT_EQ(at_once(0), 3);
  EXPECT_EQ(at_once(6), 2);
}

TEST(Dominant, ACountedResourceMayBeTheDominantOne) {
  Node node = node_of(100, 1000);
  node.custom["licence"] = 4;
  Shared cluster(node);
  Demand licensed = demand_of(1, 1), plain = demand_of(10, 1);
  licensed.custom["licence"] = 1;  // a quarter of all, where CPU is a tenth
  for (int i = 0; i < 4; ++i) cluster.wait("a" + std::to_string(i), "anna", licensed);
  for (int i = 0; i < 4; ++i) cluster.wait("b" + std::to_string(i), "bo", plain);
  EXPECT_THAT(cluster.started(), ElementsAre("a0", "b0", "b1", "b2", "a1", "b3", "a2", "a3"));
}

TEST(Dominant, SharesOfDevicesCountAsShares) {
  Node node = gpu_node("n1", 4);
  node.cpu_milli = 40 * kWholeMilli;
  Shared cluster(node);
  Demand half, cpus = demand_of(15, 0);
  half.gpus = 1;
  half.gpu_milli = 500;  // an eighth of the devices
  for (int i = 0; i < 5; ++i) cluster.wait("a" + std::to_string(i), "anna", half);
  for (int i = 0; i < 2; ++i) cluster.wait("b" + std::to_string(i), "bo", cpus);
  EXPECT_THAT(cluster.started(), ElementsAre("a0", "b0", "a1", "a2", "a3", "b1", "a4"));
}

TEST(Dominant, EachKindOfDeviceIsAResourceOfItsOwn) {
  Shared cluster(gpu_node("g", 8));
  Node tpus = gpu_node("t", 2, "v4");
  tpus.device_kind = DeviceKind::kTpu;
  cluster.nodes["t"] = empty_node(tpus);
  Demand gpu, tpu;
  gpu.gpus = tpu.gpus = 1;
  tpu.device_kind = DeviceKind::kTpu;  // half of all, where a GPU is an eighth
  for (int i = 0; i < 2; ++i) cluster.wait("a" + std::to_string(i), "anna", tpu);
  for (int i = 0; i < 5; ++i) cluster.wait("b" + std::to_string(i), "bo", gpu);
  EXPECT_THAT(cluster.started(), ElementsAre("a0", "b0", "b1", "b2", "b3", "a1", "b4"));
}

/// What two owners hold of different resources is not added up: 1/2 of the CPU and 1/2 of the
/// memory are half of the machine, as what one owner of the other quota holds.
TEST(Dominant, AQuotaHoldsTheSumOfWhatIsBelowIt) {
  Shared cluster(node_of(100, 100));
  for (const char* name : {"left", "right"}) {
    cluster.quotas[name].quota.quota = name;
    cluster.quotas[name].quota.guaranteed_devices = 1000;  // nobody borrows
  }
  const auto wait = [&](const std::string& id, const std::string& owner, const Demand& demand,
                        const std::string& project) {
    cluster.wait(id, owner, demand);
    cluster.jobs[id].spec.project = project;
  };
  wait("a0", "anna", demand_of(30, 0), "left");
  wait("b0", "bo", demand_of(0, 30), "left");
  wait("c0", "carl", demand_of(40, 0), "right");
  wait("c1", "carl", demand_of(1, 0), "right");
  wait("a1", "anna", demand_of(1, 0), "left");
  // left: 0.3 after a0 and still after b0, then 0.31; right: 0.4 after c0.
  EXPECT_THAT(cluster.started(), ElementsAre("a0", "c0", "b0", "a1", "c1"));
}

Demand any_demand(std::uint64_t seed) {
  base::Random random(seed);
  Demand demand = demand_of(static_cast<std::int64_t>(random.below(4)),
                            static_cast<std::int64_t>(random.below(4)));
  demand.gpus = static_cast<std::uint32_t>(random.below(3));
  if (demand.gpus == 1 && random.below(2) == 0) demand.gpu_milli = 500;
  if (random.below(2) == 0) demand.custom["licence"] = 1;
  return demand;
}

/// A cache that followed starts and ends says what a new one says.
RC_GTEST_PROP(Dominant, WhatIsCountedOnTheWayIsWhatIsHeld, ()) {
  Node node = gpu_node("n1", 6);
  node.custom["licence"] = 5;
  Shared cluster(node);
  ChangeLog changes;
  Cache followed;
  const int steps = *rc::gen::inRange(1, 25);
  for (int step = 0; step < steps; ++step) {
    const std::string id = "j" + std::to_string(step);
    cluster.wait(id, std::string(1, static_cast<char>('a' + step % 3)),
                 any_demand(*rc::gen::arbitrary<std::uint64_t>()));
    changes.add(ChangeOf::kJob, id);
    const ClusterView view{cluster.nodes, cluster.jobs, "drf", "best_fit"};
    const Schedule now = schedule(view, {&changes, true}, followed);
    Cache fresh;
    RC_ASSERT(same(now, schedule(view, {}, fresh)));
    for (const auto& placement : now.placements) {
      OpenJob& job = cluster.jobs[placement.job];
      job.phase = JobPhase::kRunning;
      ++job.attempt;
      job.node = placement.node;
      job.taken = placement.taken;
      RC_ASSERT(take(cluster.nodes.at("n1"), job.taken));
      changes.add(ChangeOf::kJob, placement.job);
    }
    if (!now.placements.empty() && *rc::gen::arbitrary<bool>()) {
      const std::string ends = now.placements.front().job;
      give_back(cluster.nodes.at("n1"), cluster.jobs[ends].taken);
      cluster.jobs.erase(ends);
      changes.add(ChangeOf::kJob, ends);
    }
  }
}

}  // namespace

}  // namespace fulcrum::sched

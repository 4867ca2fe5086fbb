// Random workloads: nothing is ever given twice, a start gets all it asked for or nothing, and the
// cache changes no schedule.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

#include "sched/sched_fixture.h"
#include "sched/schedule.h"

namespace fulcrum::sched {

namespace {

struct World {
  std::map<std::string, NodeState> nodes;
  std::map<std::string, OpenJob> jobs;
};

OpenJob random_job(base::Random& random, std::uint64_t order) {
  OpenJob job =
      waiting("j" + std::to_string(order), order, static_cast<std::uint32_t>(random.below(5)),
              1 + static_cast<double>(random.below(4)));
  job.spec.owner = random.below(2) == 0 ? "anna" : "bo";
  job.spec.predicted_s = static_cast<double>(random.below(100));
  Demand& demand = job.spec.resources;
  if (random.below(3) == 0)
    demand.gpu_milli = 100 * static_cast<std::int64_t>(1 + random.below(10));
  if (random.below(4) == 0) demand.gpu_model = random.below(2) == 0 ? "P100" : "V100|P100";
  demand.cpu_milli = 500 * static_cast<std::int64_t>(random.below(8));
  demand.memory_bytes = static_cast<std::int64_t>(random.below(8)) << 30;
  if (random.below(5) == 0) demand.custom["licence"] = 1;
  return job;
}

World random_world(base::Random& random) {
  World world;
  const std::uint64_t count = 1 + random.below(4);
  for (std::uint64_t i = 0; i < count; ++i) {
    Node node = gpu_node("n" + std::to_string(i), static_cast<std::uint32_t>(random.below(6)),
                         random.below(2) == 0 ? "P100" : "V100");
    node.memory_bytes = std::int64_t{16} << 30;
    node.custom["licence"] = static_cast<std::int64_t>(random.below(3));
    if (random.below(4) == 0) node.device_kind = DeviceKind::kCore;
    world.nodes[node.name] = empty_node(node);
  }
  return world;
}

/// What the running jobs hold, counted anew and not by take().
void check_never_exceeded(const World& world) {
  for (const auto& [name, node] : world.nodes) {
    std::vector<std::int64_t> devices(node.node.devices.size(), 0);
    std::int64_t cpu_milli = 0, memory_bytes = 0, licences = 0;
    for (const auto& [id, job] : world.jobs) {
      if (job.phase != JobPhase::kRunning || job.node != name) continue;
      const Demand& demand = job.spec.resources;
      const bool cores = node.node.device_kind == DeviceKind::kCore;  // named as far as possible
      RC_ASSERT(cores || job.taken.devices.size() == demand.gpus);    // all or nothing
      for (const auto position : job.taken.devices) {
        devices[position] += demand.gpu_milli;
        RC_ASSERT(model_allowed(demand.gpu_model, node.node.devices[position].model));
      }
      cpu_milli += on_node(demand, node.node).cpu_milli;
      memory_bytes += demand.memory_bytes;
      licences += demand.custom.contains("licence") ? demand.custom.at("licence") : 0;
    }
    for (std::size_t i = 0; i < devices.size(); ++i) {
      RC_ASSERT(devices[i] <= kWholeMilli);
      RC_ASSERT(devices[i] + node.free_device_milli[i] == kWholeMilli);
    }
    RC_ASSERT(cpu_milli <= node.node.cpu_milli);
    RC_ASSERT(cpu_milli + node.free_cpu_milli == node.node.cpu_milli);
    RC_ASSERT(memory_bytes <= node.node.memory_bytes);
    RC_ASSERT(licences <= node.node.custom.at("licence"));
  }
}

const char* const kOrders[] = {"fifo", "priority", "round_robin", "wspt", "sjf", "fair_share"};
const char* const kPlaces[] = {"best_fit", "first_fit", "tightest", "packing"};

RC_GTEST_PROP(Allocation, NeverExceedsAnyDevice, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  World world = random_world(random);
  const std::string order = kOrders[random.below(6)], place = kPlaces[random.below(4)];
  const std::string backfill = random.below(2) == 0 ? "none" : "easy";
  Cache cache;
  std::uint64_t next = 0;
  for (int step = 0; step < 30; ++step) {
    for (std::uint64_t i = random.below(4); i > 0; --i) {
      OpenJob job = random_job(random, ++next);
      world.jobs[job.id] = job;
    }
    const ClusterView view{world.nodes, world.jobs, order, place, backfill};
    const Schedule result = schedule(view, {}, cache);
    RC_ASSERT(same(result, schedule(view, {}, cache)));
    for (const auto& placement : result.placements) {
      OpenJob& job = world.jobs.at(placement.job);
      RC_ASSERT(take(world.nodes.at(placement.node), placement.taken).has_value());
      job.phase = JobPhase::kRunning;
      job.node = placement.node;
      job.taken = placement.taken;
    }
    check_never_exceeded(world);
    if (random.below(2) == 0) continue;
    for (auto job = world.jobs.begin(); job != world.jobs.end();) {
      if (job->second.phase == JobPhase::kRunning && random.below(3) == 0) {
        give_back(world.nodes.at(job->second.node), job->second.taken);
        job = world.jobs.erase(job);
      } else {
        ++job;
      }
    }
    check_never_exceeded(world);
  }
}

RC_GTEST_PROP(Allocation, TheLedgerRefusesAnyStartThatNoLongerHolds, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  Bench bench;
  const std::uint64_t gpus = 1 + random.below(4);
  std::string devices;
  for (std::uint64_t i = 0; i < gpus; ++i)
    devices += (i ? "," : "") + std::string("{\"index\":") + std::to_string(i) + "}";
  RC_ASSERT(bench.send("node.add", R"({"name":"n","cpu_milli":4000,"devices":[)" + devices + "]}")
                .has_value());
  std::vector<std::string> jobs;
  for (int step = 0; step < 40; ++step) {
    if (random.below(2) == 0) {
      const auto wanted = std::to_string(1 + random.below(gpus));
      const auto streams = bench.send("job.submit", R"({"name":"j","command":["true"],"resources":)"
                                                    R"({"cpu_milli":500,"gpus":)" +
                                                        wanted + "}}");
      RC_ASSERT(streams.has_value());
      jobs.push_back(streams->front().substr(4));
    } else if (!jobs.empty()) {
      // Any devices at all, right or wrong: the ledger decides.
      std::string chosen;
      for (std::uint64_t i = random.below(gpus + 2); i > 0; --i)
        chosen += (chosen.empty() ? "" : ",") + std::to_string(random.below(gpus + 1));
      (void)bench
          .send("job.start", R"({"job":")" + jobs[random.below(jobs.size())] +
                                 R"(","node":"n","devices":[)" + chosen + "]}")
          .has_value();
    }
    std::vector<std::int64_t> used(gpus, 0);
    for (const auto& [id, job] : bench.state().jobs)
      for (const auto position : job.taken.devices) used[position] += job.taken.device_milli_each;
    for (const auto milli : used) RC_ASSERT(milli <= kWholeMilli);
  }
}

}  // namespace

}  // namespace fulcrum::sched

// The mirror that follows the ledger and one made anew propose the same, whatever happens in
// between.
#include "sched/mirror.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sched/sched_fixture.h"

namespace fulcrum::sched {

namespace {

namespace json = base::json;

/// A ledger to which random things happen.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {
    for (std::uint64_t i = 1 + random_.below(4); i > 0; --i) add_node(i);
  }

  const State& state() const { return bench_.state(); }
  std::int64_t now_us() const { return bench_.now_us; }
  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

  void something() {
    bench_.now_us += static_cast<std::int64_t>(random_.below(30'000'000));
    switch (random_.below(15)) {
      case 0:
        return availability();
      case 1:
        return add_node(random_.below(6));
      case 2:
        return send(
            "policy.set",
            {{"policy", one_of({"fifo", "priority", "round_robin", "wspt", "sjf", "fair_share",
                                "drf", "deadline"})},
             {"place",
              one_of({"best_fit", "first_fit", "packing", "dot_product", "clustering", "random"})},
             {"backfill", one_of({"none", "easy", "exact"})},
             {"preempt", one_of({"none", "by_priority", "quota_reclaim", "least_served"})}});
      case 3:
        return end(random_.below(2) == 0 ? "succeeded" : "failed");
      case 4:
        return end("lost");
      case 5:
        if (const OpenJob* job = some(JobPhase::kQueued)) send("job.cancel", {{"job", job->id}});
        return;
      case 6:
        if (const OpenJob* job = some(JobPhase::kHeld)) send("job.release", {{"job", job->id}});
        return;
      case 7:
        if (const OpenJob* job = some(JobPhase::kRunning))
          send("job.preempt", {{"job", job->id}, {"reason", "priority"}});
        return end("preempted");
      case 8:
        return send("quota.set", {{"quota", one_of({"default", "shop"})},
                                  {"parent", random_.below(2) == 0 ? "" : "other"},
                                  {"limit_devices", random_.below(5)},
                                  {"guaranteed_devices", random_.below(3)},
                                  {"budget_usd", 0.01 * static_cast<double>(random_.below(100))}});
      case 9:
        return send("quota.set", {{"quota", "other"}, {"limit_devices", random_.below(9)}});
      case 10:
        return reserve();
      default:
        return submit();
    }
  }

  void ask_for_room(const Preemption& preemption) {
    const json::object body{
        {"job", preemption.job}, {"for_job", preemption.for_job}, {"reason", "priority"}};
    const auto reply = bench_.send("job.preempt", base::to_text(body));
    if (!reply) RC_FAIL(base::describe(reply.error()));
  }

  void start(const Placement& placement) {
    const auto devices = [](const Taken& taken) {
      json::array list;
      for (const auto position : taken.devices) list.push_back(position);
      return list;
    };
    json::array more;
    for (const auto& task : placement.more)
      more.push_back(json::object{{"node", task.node}, {"devices", devices(task.taken)}});
    const json::object body{{"job", placement.job},
                            {"node", placement.node},
                            {"devices", devices(placement.taken)},
                            {"more", std::move(more)}};
    const auto reply = bench_.send("job.start", base::to_text(body));
    if (!reply) RC_FAIL(base::describe(reply.error()));  // what schedule() proposes always holds
  }

 private:
  std::string one_of(const std::vector<std::string>& names) {
    return names[random_.below(names.size())];
  }
  void send(const char* command, const json::object& body) {
    (void)bench_.send(command, base::to_text(body)).has_value();
  }
  const OpenJob* some(JobPhase phase) {
    std::vector<const OpenJob*> jobs;
    for (const auto& [id, job] : state().jobs)
      if (job.phase == phase) jobs.push_back(&job);
    return jobs.empty() ? nullptr : jobs[random_.below(jobs.size())];
  }
  void reserve() {
    const std::int64_t from_us =
        bench_.now_us + 1'000'000 * static_cast<std::int64_t>(random_.below(60));
    send("reservation.add",
         {{"reservation", one_of({"upkeep", "show"})},
          {"nodes", json::array{json::string("n" + std::to_string(random_.below(6)))}},
          {"from_us", from_us},
          {"until_us", from_us + 1'000'000 * (1 + static_cast<std::int64_t>(random_.below(60)))},
          {"project", random_.below(2) == 0 ? "" : "shop"}});
  }
  void availability() {
    send(random_.below(2) == 0 ? "node.drain" : "node.resume",
         {{"node", "n" + std::to_string(random_.below(6))}});
  }
  void add_node(std::uint64_t number) {
    json::array devices;
    const std::string model = one_of({"P100", "V100"});
    for (std::uint64_t i = random_.below(5); i > 0; --i)
      devices.push_back(json::object{
          {"index", 5 - i}, {"model", random_.below(8) == 0 ? std::string("A100") : model}});
    send("node.add", {{"name", "n" + std::to_string(number)},
                      {"cpu_milli", 8000},
                      {"memory_bytes", std::int64_t{16} << 30},
                      {"custom", {{"licence", random_.below(3)}}},
                      {"simulated", random_.below(2) == 0},
                      {"price_usd_per_hour", random_.below(8)},
                      {"device_kind", random_.below(4) == 0 ? "core" : "gpu"},
                      {"devices", std::move(devices)}});
  }
  void end(const std::string& how) {
    if (const OpenJob* job = some(JobPhase::kRunning))
      send("job.end", {{"job", job->id}, {"attempt", job->attempt}, {"state", how}});
  }
  void submit() {
    const bool simulated = random_.below(2) == 0;
    json::object resources{{"gpus", random_.below(4)},
                           {"cpu_milli", 500 * random_.below(5)},
                           {"memory_bytes", static_cast<std::int64_t>(random_.below(6)) << 30}};
    if (random_.below(3) == 0) resources["gpu_milli"] = 100 * (1 + random_.below(10));
    if (random_.below(4) == 0) resources["gpu_model"] = one_of({"P100", "V100|P100", "A100"});
    if (random_.below(6) == 0) resources["custom"] = json::object{{"licence", 1}};
    json::object body{{"name", "j"},
                      {"project", one_of({"default", "shop", "other"})},
                      {"owner", one_of({"anna", "bo", "chen"})},
                      {"command", {"true"}},
                      {"priority", 1 + random_.below(4)},
                      {"predicted_s", 1 + random_.below(60)},
                      {"tasks", simulated ? 1 + random_.below(3) : 1},
                      {"simulated", simulated},
                      {"held", random_.below(8) == 0},
                      {"max_retries", random_.below(2)},
                      {"preemptible", random_.below(2) == 0},
                      {"checkpoint_every_s", random_.below(20)},
                      {"resources", std::move(resources)}};
    if (random_.below(3) == 0)
      body["deadline_us"] = bench_.now_us + 1'000'000 * (1 + static_cast<int>(random_.below(90)));
    if (random_.below(5) == 0 && !state().jobs.empty())
      body["depends_on"] = json::array{json::string(state().jobs.begin()->first)};
    send("job.submit", body);
  }

  base::Random random_;
  Bench bench_;
};

RC_GTEST_PROP(Mirror, AFollowingOneAndANewOneProposeTheSame, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  World world(seed);
  Cache followed;
  for (int step = 0; step < 60; ++step) {
    world.something();
    if (world.below(3) == 0) continue;
    const ClusterView view = view_of(world.state(), world.now_us());
    Cache fresh;
    const Schedule result = schedule(view, {.changes = &world.state().changes}, followed);
    RC_ASSERT(same(result, schedule(view, {}, fresh)));
    if (world.below(2) == 0) continue;  // not committed
    for (const auto& placement : result.placements)
      if (world.below(8) != 0) world.start(placement);
    for (const auto& preemption : result.preemptions)
      if (world.below(8) != 0) world.ask_for_room(preemption);
  }
}

TEST(Mirror, FollowsInsteadOfLookingAtEverything) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", R"({"name":"n","cpu_milli":64000,"devices":[{"index":0}]})"));
  Cache cache;
  const auto pass = [&] {
    return schedule(view_of(bench.state(), bench.now_us),
                    {.changes = &bench.state().changes, .reasons = false}, cache);
  };
  (void)pass();
  const Mirror* first = cache.mirror.get();
  ASSERT_TRUE(bench.send("job.submit", R"({"name":"a","command":["x"]})"));
  EXPECT_EQ(pass().placements.size(), 1u);
  ASSERT_TRUE(bench.send("node.drain", R"({"node":"n"})"));
  EXPECT_TRUE(pass().placements.empty());
  EXPECT_EQ(cache.mirror.get(), first);
  ASSERT_TRUE(bench.send("node.remove", R"({"node":"n"})"));
  (void)pass();
  EXPECT_NE(cache.mirror.get(), first);
}

}  // namespace

}  // namespace fulcrum::sched

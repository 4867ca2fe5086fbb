// What holds of every resize stage, and of the search under the goodput stages.
#include "sched/elastic/stages.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <functional>

#include "base/random.h"
#include "sched/elastic/shares.h"

namespace fulcrum::sched {

namespace {

struct Told final : Future {
  double alone_s = 1;
  double left_s(std::uint32_t replicas) const override { return alone_s / std::sqrt(replicas); }
};

/// A round and what its jobs point to.
struct World {
  std::vector<std::unique_ptr<Goodput>> goodputs;
  std::vector<std::unique_ptr<Told>> told;
  ResizeRound round;
};

World random_world(base::Random& random) {
  World world;
  const auto nodes = 1 + random.below(6);
  for (std::uint64_t i = 0; i < nodes; ++i)
    world.round.devices.push_back(static_cast<std::uint32_t>(1 + random.below(4)));
  std::vector<std::uint32_t> free = world.round.devices;
  for (std::uint64_t i = 0, count = random.below(12); i < count; ++i) {
    ElasticJob job;
    job.number = i;
    job.age_s = static_cast<double>(random.below(10'000));
    job.attained_device_s = job.age_s * static_cast<double>(random.below(4));
    job.restart_s = 30;
    job.restarts = static_cast<std::uint32_t>(random.below(5));
    job.asked = static_cast<std::uint32_t>(1 + random.below(6));
    job.most = static_cast<std::uint32_t>(1 + random.below(8));
    if (random.below(3) == 0) job.least = job.most = job.asked;
    job.left_steps = static_cast<double>(random.below(1000));
    world.told.push_back(std::make_unique<Told>());
    world.told.back()->alone_s = static_cast<double>(1 + random.below(5000));
    job.future = world.told.back().get();
    if (random.below(3) > 0) {
      world.goodputs.push_back(std::make_unique<Goodput>(
          StepModel{0.1, 0.001, 0.01, 0.001, 0.02, 0.002, 1}, BatchLimits{32, 1024, 8, 64},
          static_cast<double>(random.below(50))));
      job.goodput = world.goodputs.back().get();
    }
    std::uint32_t wanted = is_rigid(job) ? job.asked : 1 + job.most / 2;
    if (random.below(2) == 0)
      for (NodeIndex node = 0; node < free.size() && wanted > 0; ++node) {
        const std::uint32_t taken = std::min(wanted, free[node]);
        if (taken == 0) continue;
        job.held.push_back({node, taken});
        free[node] -= taken;
        wanted -= taken;
      }
    if (is_rigid(job) && wanted > 0) {  // a gang is held whole or not at all
      for (const Part& part : job.held) free[part.node] += part.replicas;
      job.held.clear();
    }
    world.round.jobs.push_back(std::move(job));
  }
  return world;
}

RC_GTEST_PROP(Stages, NoNodeGivesMoreThanItHasAndGangsAreWhole, ()) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  base::Random random(seed);
  const World world = random_world(random);
  for (const ResizeStage* stage : resize_stage_list()) {
    const auto decided = stage->make()->resize(world.round);
    RC_ASSERT(decided.size() == world.round.jobs.size());
    std::vector<std::uint32_t> taken(world.round.devices.size(), 0);
    for (std::size_t i = 0; i < decided.size(); ++i) {
      const ElasticJob& job = world.round.jobs[i];
      for (const Part& part : decided[i]) {
        RC_ASSERT(part.node < taken.size());
        RC_ASSERT(part.replicas > 0);
        taken[part.node] += part.replicas;
      }
      const std::uint32_t replicas = replicas_of(decided[i]);
      if (replicas == 0) continue;
      if (is_rigid(job))
        RC_ASSERT(replicas == job.asked);
      else if (stage->tunes_batch || stage->name == "optimus")
        RC_ASSERT(replicas <= job.most);
      else if (stage->name != "none")  // which keeps what is held
        RC_ASSERT(replicas == job.asked);
    }
    std::uint32_t used = 0, devices = 0, smallest = ~0U;
    for (std::size_t node = 0; node < taken.size(); ++node) {
      RC_ASSERT(taken[node] <= world.round.devices[node]);
      used += taken[node];
      devices += world.round.devices[node];
    }
    for (const ElasticJob& job : world.round.jobs)
      smallest = std::min(smallest, is_rigid(job) || !stage->tunes_batch ? job.asked : 1);
    if (stage->name != "none" && smallest <= devices) RC_ASSERT(used > 0);  // somebody runs
    RC_ASSERT(stage->make()->resize(world.round) == decided);
  }
}

double value_of(const std::vector<std::vector<ShareOption>>& options,
                const std::vector<std::uint32_t>& shares) {
  double sum = 0;
  for (std::size_t i = 0; i < options.size(); ++i)
    for (const ShareOption& option : options[i])
      if (option.replicas == shares[i]) sum += option.value;
  return sum;
}

RC_GTEST_PROP(Shares, NoChoiceIsWorthMore, ()) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  base::Random random(seed);
  const auto devices = static_cast<std::uint32_t>(random.below(8));
  std::vector<std::vector<ShareOption>> options(1 + random.below(4));
  for (auto& job : options)
    for (std::uint32_t replicas = 0; replicas < 5; replicas += 1 + (replicas > 1))
      job.push_back({replicas, static_cast<double>(random.below(100)) - 50});
  double best = -INFINITY;
  const std::function<void(std::size_t, std::uint32_t, double)> all =
      [&](std::size_t i, std::uint32_t room, double sum) {
        if (i == options.size()) {
          best = std::max(best, sum);
          return;
        }
        for (const ShareOption& option : options[i])
          if (option.replicas <= room) all(i + 1, room - option.replicas, sum + option.value);
      };
  all(0, devices, 0);
  const auto shares = best_shares(options, devices);
  std::uint32_t sum = 0;
  for (const std::uint32_t share : shares) sum += share;
  RC_ASSERT(sum <= devices);
  RC_ASSERT(value_of(options, shares) == best);
}

TEST(Pack, VacatesANodeForAJobThatWantsOneWhole) {
  ResizeRound round;
  round.devices = {4, 4};
  round.jobs.resize(3);
  round.jobs[0].held = {{0, 1}};
  round.jobs[1].held = {{1, 2}};
  const auto packed = pack(round, {1, 2, 4});
  EXPECT_EQ(packed[1], round.jobs[1].held);    // more in use: it stays
  EXPECT_EQ(packed[0], (Allocation{{1, 1}}));  // moved beside it
  EXPECT_EQ(packed[2], (Allocation{{0, 4}}));
  const auto kept = pack(round, {1, 2, 2});
  EXPECT_EQ(kept[0], round.jobs[0].held);  // nobody needs a whole node: all stay
  EXPECT_EQ(kept[1], round.jobs[1].held);
  EXPECT_EQ(kept[2], (Allocation{{1, 2}}));
}

}  // namespace

}  // namespace fulcrum::sched

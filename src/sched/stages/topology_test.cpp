// Moves that make room, and places by topology, on small clusters.
#include "sched/core/defragment.h"

#include <gtest/gtest.h>

#include "sched/core/placer.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched {

namespace {

NodeSpec node_of(std::uint16_t gpus) {
  NodeSpec node;
  node.gpus = gpus;
  node.cpu_milli = 64'000;
  return node;
}

/// n nodes of 8, a job of `devices` on each as listed; all may move.
struct World {
  explicit World(const std::vector<std::vector<std::uint32_t>>& jobs) {
    for (std::size_t i = 0; i < jobs.size(); ++i) cluster.add_node(node_of(8));
    JobIndex job = 0;
    for (NodeIndex node = 0; node < jobs.size(); ++node)
      for (const std::uint32_t devices : jobs[node]) {
        const Held held{node, shape(devices),
                        cluster.choose_devices(node, cluster.shape_of(shape(devices)))};
        cluster.take(held);
        movable.push_back({job++, {held}, static_cast<double>(devices)});
      }
  }
  ShapeIndex shape(std::uint32_t devices) {
    Shape shape;
    shape.gpus = devices;
    return cluster.shape(shape);
  }
  std::optional<DefragPlan> room_for(std::uint32_t devices, std::uint32_t tasks = 1,
                                     std::size_t most = 4) {
    Job job;
    job.shape = shape(devices);
    job.tasks = tasks;
    const std::int64_t before = cluster.free_gpu_milli();
    auto plan = make_room(cluster, movable, job, most);
    EXPECT_EQ(cluster.free_gpu_milli(), before);
    for (NodeIndex node = 0; node < cluster.size(); ++node)
      EXPECT_LE(cluster.free(node).gpu_milli, 8000U);
    return plan;
  }
  Cluster cluster;
  std::vector<Movable> movable;
};

TEST(Defragment, EightFreeButSplitNeedsOneMove) {
  World world({{2}, {6}});  // 6 + 2 free
  const auto plan = world.room_for(8);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->moves.size(), 1U);
  EXPECT_EQ(plan->moves[0].job, 0U);
  EXPECT_EQ(plan->moves[0].to[0].node, 1U);
  EXPECT_EQ(plan->room[0].node, 0U);
}

TEST(Defragment, MovesOnlyWhoeverHasToAndNoMoreThanAllowed) {
  World world({{1, 2, 1}, {4}, {5}});
  const auto plan = world.room_for(5);  // 4, 4 and 3 are free
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->moves.size(), 1U);
  EXPECT_EQ(world.cluster.shape_of(plan->moves[0].to[0].shape).gpus, 1U);
  World full({{1, 2, 1}, {5}, {5}});  // 4, 3 and 3 are free; the first node holds three jobs
  EXPECT_FALSE(full.room_for(8, 1, 2));
  EXPECT_TRUE(full.room_for(8, 1, 3));
  EXPECT_FALSE(full.room_for(8, 2));
}

TEST(Defragment, NobodyMovesWhoMayNot) {
  World world({{2}, {6}});
  world.movable.clear();
  EXPECT_FALSE(world.room_for(8));
}

TEST(Defragment, AGangGetsAllItsPlaces) {
  World world({{2}, {2}, {4}, {}});
  const auto plan = world.room_for(8, 3);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->moves.size(), 2U);
  EXPECT_EQ(plan->room.size(), 3U);
  for (const Move& move : plan->moves) EXPECT_EQ(move.to[0].node, 2U);
}

TEST(Topology, DevicesAreLinkedAndTheSmallestIslandServes) {
  Cluster cluster;
  NodeSpec node = node_of(8);
  node.island = {0, 1, 0, 1, 0, 1, 0, 1};
  cluster.add_node(node);
  Placer placer(cluster, *find_place_stage("topology"));
  Shape one, two, four;
  one.gpus = 1;
  two.gpus = 2;
  four.gpus = 4;
  const auto place = [&](const Shape& shape) {
    Job job;
    job.shape = cluster.shape(shape);
    std::vector<Held> held;
    EXPECT_TRUE(placer.place(job, held));
    return held.empty() ? 0 : held[0].devices;
  };
  EXPECT_EQ(place(one), 0b1U);
  EXPECT_EQ(place(two), 0b10100U);      // of the island that is in use already
  EXPECT_EQ(place(four), 0b10101010U);  // the other one whole
}

TEST(Topology, AGangStaysBelowOneSwitchWhereItFits) {
  Cluster cluster;
  for (const std::uint16_t rack : {0, 1, 0, 1}) {
    NodeSpec node = node_of(8);
    node.rack = rack;
    cluster.add_node(node);
  }
  Shape whole, some;
  whole.gpus = 8;
  some.gpus = 3;
  cluster.take({0, cluster.shape(some), 0b111});  // node 0 has five left
  Placer placer(cluster, *find_place_stage("topology"));
  Job gang;
  gang.shape = cluster.shape(whole);
  gang.tasks = 2;
  std::vector<Held> held;
  ASSERT_TRUE(placer.place(gang, held));
  EXPECT_EQ(held[0].node, 1U);
  EXPECT_EQ(held[1].node, 3U);
  for (const Held& one : held) cluster.give_back(one);
  gang.tasks = 3;  // no rack has three: anywhere
  EXPECT_TRUE(placer.place(gang, held));
}

}  // namespace

}  // namespace fulcrum::sched

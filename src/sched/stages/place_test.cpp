// Properties of every place stage. RapidCheck prints the seed of a failure; RC_PARAMS="seed=N"
// replays it.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "sched/core/placer.h"
#include "sched/stages/fragmentation.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched {
namespace {

using rc::gen::inRange;

NodeSpec any_node() {
  NodeSpec node;
  node.gpus = *rc::gen::element<std::uint16_t>(0, 1, 2, 4, 8);
  node.cpu_milli = *inRange<std::int64_t>(1, 33) * 4000;
  node.memory_bytes = *inRange<std::int64_t>(1, 9) * 1000;
  node.model = *inRange<std::uint16_t>(0, 3);
  return node;
}

Shape any_shape() {
  Shape shape;
  shape.cpu_milli = *inRange<std::int64_t>(0, 40) * 500;
  shape.memory_bytes = *inRange<std::int64_t>(0, 2000);
  shape.gpus = *rc::gen::element<std::uint32_t>(0, 1, 1, 1, 1, 2, 4);
  if (shape.gpus == 1) shape.gpu_milli = *rc::gen::element<std::uint32_t>(1000, 250, 320, 500, 810);
  if (shape.gpus > 0) shape.models = *inRange<std::uint64_t>(0, 8);
  return shape;
}

struct World {
  Cluster cluster;
  std::vector<ShapeIndex> shapes;
  std::vector<TypicalShape> typical;
};

World any_world() {
  World world;
  const int nodes = *inRange(1, 40);
  for (int i = 0; i < nodes; ++i) world.cluster.add_node(any_node());
  const int shapes = *inRange(1, 6);
  for (int i = 0; i < shapes; ++i) world.shapes.push_back(world.cluster.shape(any_shape()));
  const int typical = *inRange(1, 8);
  for (int i = 0; i < typical; ++i)
    world.typical.push_back({world.cluster.shape(any_shape()), 1.0 / typical});
  return world;
}

/// Asks the stage about every node.
NodeIndex slowly(const World& world, const PlaceStage& stage, const PlaceTables* tables,
                 std::uint64_t seed, std::uint64_t decision, ShapeIndex shape,
                 DeviceMask& devices) {
  NodeIndex best = kNoNode;
  double rank = 0;
  const PlaceContext context{world.cluster, tables, seed, decision};
  for (NodeIndex node = 0; node < world.cluster.size(); ++node) {
    const Choice choice = stage.choose(context, node, shape);
    if (!choice.fits || (best != kNoNode && choice.rank <= rank)) continue;
    best = node;
    rank = choice.rank;
    devices = choice.devices;
  }
  return best;
}

/// What the node has, less what is held, device by device.
void check_books(const World& world, const std::vector<Held>& running) {
  const Cluster& cluster = world.cluster;
  std::vector<std::array<std::int64_t, kMaxDevices>> used(cluster.size());
  std::vector<std::int64_t> cpu(cluster.size()), memory(cluster.size());
  for (const Held& held : running) {
    const Shape& shape = cluster.shape_of(held.shape);
    cpu[held.node] += shape.cpu_milli;
    memory[held.node] += shape.memory_bytes;
    RC_ASSERT(static_cast<std::uint32_t>(__builtin_popcount(held.devices)) == shape.gpus);
    for (std::size_t i = 0; i < kMaxDevices; ++i)
      if ((held.devices >> i & 1) != 0) used[held.node][i] += shape.gpu_milli;
  }
  std::int64_t free_milli = 0;
  for (NodeIndex node = 0; node < cluster.size(); ++node) {
    const NodeSpec& spec = cluster.spec(node);
    const FreeNode& free = cluster.free(node);
    RC_ASSERT(cpu[node] <= spec.cpu_milli && memory[node] <= spec.memory_bytes);
    RC_ASSERT(free.cpu_milli == spec.cpu_milli - cpu[node]);
    RC_ASSERT(free.memory_bytes == spec.memory_bytes - memory[node]);
    for (std::size_t i = 0; i < kMaxDevices; ++i) {
      const std::int64_t capacity = i < spec.gpus ? kWhole : 0;
      RC_ASSERT(used[node][i] <= capacity);
      RC_ASSERT(free.device_milli[i] == capacity - used[node][i]);
      free_milli += free.device_milli[i];
    }
  }
  RC_ASSERT(cluster.free_gpu_milli() == free_milli);
}

class Place : public testing::TestWithParam<const PlaceStage*> {};

/// Tasks come and go: nothing is ever handed out twice, and the index answers as a look at every
/// node would.
TEST_P(Place, TheIndexIsTheSlowChoiceAndTheBooksBalance) {
  const PlaceStage& stage = *GetParam();
  EXPECT_TRUE(rc::check([&stage] {
    World world = any_world();
    const std::uint64_t seed = *rc::gen::arbitrary<std::uint64_t>();
    Placer placer(world.cluster, stage, world.typical, seed);
    const auto tables = stage.prepare ? stage.prepare(world.cluster, world.typical) : nullptr;
    std::vector<Held> running, held;
    const int steps = *inRange(1, 200);
    for (int step = 0; step < steps; ++step) {
      if (!running.empty() && *inRange(0, 4) == 0) {
        const auto which = *inRange<std::size_t>(0, running.size());
        world.cluster.give_back(running[which]);
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
        continue;
      }
      Job job;
      job.shape = *rc::gen::elementOf(world.shapes);
      DeviceMask devices = 0;
      const NodeIndex expected =
          slowly(world, stage, tables.get(), seed, placer.decisions() + 1, job.shape, devices);
      RC_ASSERT(placer.place(job, held) == (expected != kNoNode));
      if (expected == kNoNode) continue;
      RC_ASSERT(held.size() == 1U);
      RC_ASSERT(held[0].node == expected);
      RC_ASSERT(held[0].devices == devices);
      running.push_back(held[0]);
    }
    check_books(world, running);
    for (const Held& one : running) world.cluster.give_back(one);
    check_books(world, {});
    for (NodeIndex node = 0; node < world.cluster.size(); ++node)
      for (const auto count : world.cluster.residents(node)) RC_ASSERT(count == 0);
  }));
}

INSTANTIATE_TEST_SUITE_P(Every, Place, testing::ValuesIn(place_stages()),
                         [](const auto& info) { return std::string(info.param->name); });

/// The definition, shape by shape and device by device.
double fragmentation_by_definition(const World& world, NodeIndex node) {
  const NodeSpec& spec = world.cluster.spec(node);
  const FreeNode& free = world.cluster.free(node);
  double sum = 0;
  for (const TypicalShape& one : world.typical) {
    const Shape& shape = world.cluster.shape_of(one.shape);
    std::uint32_t fitting = 0;
    double total = 0, smaller = 0;
    for (std::size_t i = 0; i < spec.gpus; ++i) {
      const std::uint16_t milli = free.device_milli[i];
      total += milli;
      if (milli < shape.gpu_milli) smaller += milli;
      fitting += milli >= shape.gpu_milli ? 1 : 0;
    }
    const bool fits = shape.gpus > 0 && fitting >= shape.gpus &&
                      free.cpu_milli >= shape.cpu_milli &&
                      (shape.models == 0 || (shape.models >> spec.model & 1) != 0);
    sum += one.share * (fits ? smaller : total);
  }
  return sum;
}

TEST(Fragmentation, IsTheDefinition) {
  EXPECT_TRUE(rc::check([] {
    World world = any_world();
    const stages::Fragmentation tables(world.cluster, world.typical);
    Placer placer(world.cluster, *find_place_stage("random"), world.typical, 1);
    std::vector<Held> held;
    for (int i = 0; i < 60; ++i) {
      Job job;
      job.shape = *rc::gen::elementOf(world.shapes);
      placer.place(job, held);
    }
    for (NodeIndex node = 0; node < world.cluster.size(); ++node)
      RC_ASSERT(std::fabs(tables.devices(world.cluster, node).fragmentation_milli -
                          fragmentation_by_definition(world, node)) < 1e-6);
  }));
}

/// Points of FGD as published: floor(100 * sigmoid((F before - F after) / 1000)), best device
/// first.
TEST(Fgd, ScoresAsPublished) {
  EXPECT_TRUE(rc::check([] {
    World world = any_world();
    const PlaceStage& fgd = *find_place_stage("fgd");
    const auto tables = fgd.prepare(world.cluster, world.typical);
    Placer placer(world.cluster, fgd, world.typical, 1);
    std::vector<Held> held;
    for (int i = 0; i < 40; ++i) {
      Job job;
      job.shape = *rc::gen::elementOf(world.shapes);
      placer.place(job, held);
    }
    for (NodeIndex node = 0; node < world.cluster.size(); ++node)
      for (const ShapeIndex shape : world.shapes) {
        const Choice choice = fgd.choose({world.cluster, tables.get(), 0, 0}, node, shape);
        if (!choice.fits) continue;
        const double before = fragmentation_by_definition(world, node);
        double best = -1;
        const Shape& need = world.cluster.shape_of(shape);
        const bool is_share = need.gpus == 1 && need.gpu_milli < kWhole;
        for (std::size_t i = 0; i < (is_share ? world.cluster.spec(node).gpus : 1U); ++i) {
          if (is_share && world.cluster.free(node).device_milli[i] < need.gpu_milli) continue;
          const Held one{node, shape, is_share ? DeviceMask{1} << i : choice.devices};
          world.cluster.take(one);
          const double gain = before - fragmentation_by_definition(world, node);
          world.cluster.give_back(one);
          // A tie of sums in another order counts as no change.
          best = std::max(best, std::floor(100 / (1 + std::exp(-(gain + 1e-7) / 1000))));
        }
        RC_ASSERT(choice.rank == best);
      }
  }));
}

/// A start that makes nearly all of a large node useless scores 0 points; also then the device is
/// one that has room.
TEST(Fgd, NeverADeviceWithoutRoomHoweverBadTheScore) {
  Cluster cluster;
  NodeSpec node;
  node.gpus = kMaxDevices;
  node.cpu_milli = 64'000;
  cluster.add_node(node);
  Shape share, hungry;
  share.gpus = hungry.gpus = 1;
  share.gpu_milli = 810;
  hungry.cpu_milli = 64'000 - 2000;
  share.cpu_milli = 2000;
  const ShapeIndex small = cluster.shape(share);
  Placer placer(cluster, *find_place_stage("fgd"), {{cluster.shape(hungry), 1.0}}, 1);
  Job job;
  job.shape = small;
  std::vector<Held> held;
  DeviceMask taken = 0;
  for (std::uint32_t i = 0; i < kMaxDevices; ++i) {
    ASSERT_TRUE(placer.place(job, held));
    EXPECT_EQ(taken & held[0].devices, 0U);
    taken |= held[0].devices;
  }
}

}  // namespace
}  // namespace fulcrum::sched

#include "sched/twin/packing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sched/stages/stages.h"

namespace fulcrum::sched {
namespace {

Shape share(std::uint32_t milli, std::int64_t cpu_milli = 1000) {
  Shape shape;
  shape.cpu_milli = cpu_milli;
  shape.gpus = 1;
  shape.gpu_milli = milli;
  return shape;
}

Cluster two_by_two() {
  Cluster cluster;
  NodeSpec node;
  node.cpu_milli = 100'000;
  node.gpus = 2;
  cluster.add_node(node);
  cluster.add_node(node);
  return cluster;
}

TEST(Packing, ArrivalsAskForTheLoadAndBeginWithEveryTask) {
  Cluster cluster = two_by_two();
  std::vector<ShapeIndex> tasks;
  for (std::uint32_t milli = 100; milli <= 400; milli += 100)
    tasks.push_back(cluster.shape(share(milli)));
  for (const std::uint64_t seed : {1, 2, 3}) {
    auto order = arrivals(cluster, tasks, {find_place_stage("fgd"), 1.3, seed});
    std::int64_t asked = 0;
    for (const ShapeIndex shape : order) asked += cluster.shape_of(shape).gpu_milli;
    EXPECT_LE(asked, 5200);
    EXPECT_GT(asked, 5200 - 400);
    std::sort(order.begin(), order.begin() + 4);
    EXPECT_TRUE(std::equal(tasks.begin(), tasks.end(), order.begin())) << "seed " << seed;
  }
  EXPECT_EQ(arrivals(cluster, tasks, {nullptr, 1.3, 9}),
            arrivals(cluster, tasks, {nullptr, 1.3, 9}));
}

/// Two nodes of two devices; every task takes 600 milli, so that a device with less free is of no
/// use.
TEST(Packing, SamplesTellWhatIsFreeAndOfNoUse) {
  Cluster cluster = two_by_two();
  const ShapeIndex large = cluster.shape(share(600));
  PackingOptions options{find_place_stage("first_fit"), 1.0, 1, 3};
  const auto run = pack(cluster, std::vector<ShapeIndex>(6, large), {{large, 1.0}}, options);
  ASSERT_EQ(run.samples.size(), 3U);
  EXPECT_DOUBLE_EQ(run.samples[0].arrived, 0.3);
  EXPECT_DOUBLE_EQ(run.samples[0].allocated, 0.3);
  EXPECT_DOUBLE_EQ(run.samples[0].fragmented, 0.2);
  EXPECT_DOUBLE_EQ(run.samples[2].arrived, 0.9);
  EXPECT_DOUBLE_EQ(run.samples[2].allocated, 0.6);
  EXPECT_DOUBLE_EQ(run.samples[2].fragmented, 0.4);
}

TEST(Packing, WhatDoesNotFitIsCounted) {
  Cluster cluster = two_by_two();
  const ShapeIndex large = cluster.shape(share(600));
  const std::vector<ShapeIndex> order(6, large);
  const auto run = pack(cluster, order, {}, {find_place_stage("first_fit"), 1.0, 1});
  EXPECT_EQ(run.placed, 4U);
  EXPECT_DOUBLE_EQ(run.gpu_unplaced, 1.2);
  EXPECT_EQ(run.allocated_gpu_milli.back(), 2400);
  EXPECT_EQ(run.arrived_gpu_milli.back(), 3600);
  EXPECT_DOUBLE_EQ(allocation_ratio(cluster, run, 0.9), 0.6);
  EXPECT_TRUE(std::isnan(allocation_ratio(cluster, run, 1.3)));
}

TEST(Packing, TypicalShapesCoverNinetyFivePercentWithoutMemory) {
  Cluster cluster = two_by_two();
  std::vector<ShapeIndex> tasks;
  for (int i = 0; i < 96; ++i) {
    Shape shape = share(500);
    shape.memory_bytes = i;
    tasks.push_back(cluster.shape(shape));
  }
  for (std::uint32_t i = 1; i <= 4; ++i) tasks.push_back(cluster.shape(share(i)));
  const auto typical = typical_shapes(cluster, tasks);
  ASSERT_EQ(typical.size(), 1U);
  EXPECT_EQ(cluster.shape_of(typical[0].shape).gpu_milli, 500U);
  EXPECT_EQ(cluster.shape_of(typical[0].shape).memory_bytes, 0);
  EXPECT_DOUBLE_EQ(typical[0].share, 1);
}

/// One device of a pair is half taken. A typical task wants 500: FGD puts it there, and the whole
/// device stays whole.
TEST(Packing, FgdFillsWhatIsBroken) {
  Cluster cluster = two_by_two();
  const ShapeIndex half = cluster.shape(share(500));
  const ShapeIndex whole = cluster.shape(share(1000));
  const std::vector<TypicalShape> typical{{half, 0.5}, {whole, 0.5}};
  const auto run =
      pack(cluster, {half, half, whole, whole, whole}, typical, {find_place_stage("fgd"), 1.3, 1});
  EXPECT_EQ(run.placed, 5U);
  EXPECT_EQ(cluster.free_gpu_milli(), 0);
}

}  // namespace
}  // namespace fulcrum::sched

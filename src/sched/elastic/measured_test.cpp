#include "sched/elastic/measured.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fulcrum::sched {

namespace {

Allocation spread(const std::vector<std::uint32_t>& replicas) {
  Allocation allocation;
  for (const std::uint32_t count : replicas)
    allocation.push_back({static_cast<NodeIndex>(allocation.size()), count});
  return allocation;
}

TEST(Measured, APlacementIsTheSameAsItsRotations) {
  MeasuredSteps steps;
  steps.add_placement("124", 10, {1, 0.5});
  steps.add_placement("142", 10, {3, 0.5});
  EXPECT_DOUBLE_EQ(steps.at(spread({4, 1, 2}), 10).step_s, 1);
  EXPECT_DOUBLE_EQ(steps.at(spread({2, 1, 4}), 10).step_s, 3);
  EXPECT_DOUBLE_EQ(steps.at(spread({3, 3, 1}), 10).step_s, 2);  // not measured: 3 nodes, 7 replicas
}

TEST(Measured, InterpolatesBatchesReplicasAndNodes) {
  MeasuredSteps steps;
  steps.add_placement("4", 10, {1, 0});
  steps.add_placement("4", 20, {2, 1});
  EXPECT_DOUBLE_EQ(steps.at(spread({4}), 15).step_s, 1.5);
  EXPECT_DOUBLE_EQ(steps.at(spread({4}), 15).sync_s, 0.5);
  EXPECT_DOUBLE_EQ(steps.at(spread({4}), 99).step_s, 2);  // outside: the nearest
  steps.add_size(6, 12, 10, {10, 0});
  steps.add_size(6, 24, 10, {16, 0});
  steps.add_size(8, 16, 10, {20, 0});
  steps.add_size(8, 32, 10, {28, 0});
  EXPECT_DOUBLE_EQ(steps.at(spread({4, 4, 4, 2, 2, 2}), 10).step_s, 13);  // 18 of 12..24
  EXPECT_DOUBLE_EQ(steps.at(spread({4, 4, 4, 3, 3, 3, 2}), 10).step_s,    // 7 nodes, 23/7 each
                   (10 + 6 * (6 * 23 / 7.0 - 12) / 12 + 20 + 8 * (8 * 23 / 7.0 - 16) / 16) / 2);
}

TEST(Measured, NoiseIsGeometricBetweenEpochs) {
  const NoiseTable table{{64, 128}, {{0, {1, 2}}, {10, {100, 200}}}};
  EXPECT_DOUBLE_EQ(table.at(0, 64), 1);
  EXPECT_NEAR(table.at(5, 64), 10, 1e-9);
  EXPECT_NEAR(table.at(99, 128), 200, 1e-9);
  EXPECT_NEAR(table.at(0, 96), 1 / 0.75, 1e-9);  // halfway between 1/1 and 1/2
}

}  // namespace

}  // namespace fulcrum::sched

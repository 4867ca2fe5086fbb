#pragma once
// The place-once experiment of Weng et al. (ATC 2023): tasks arrive one by one and never leave;
// each is placed at once or fails. Policies differ in how much of the cluster they manage to hand
// out. Pure: the same cluster, tasks and options give the same run.
#include <boost/describe/class.hpp>
#include <cstdint>
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched {

struct PackingOptions {
  const PlaceStage* place = nullptr;
  double load = 1.3;  // requested devices over the cluster's, at the end
  std::uint64_t seed = 42;
  std::size_t samples = 0;  // of the run, about equally far apart; they cost time
};

/// Parts of all devices.
struct PackingSample {
  double arrived = 0;
  double allocated = 0;
  double fragmented = 0;  // free, but of no use to a typical task (stages/fragmentation.h)
};
BOOST_DESCRIBE_STRUCT(PackingSample, (), (arrived, allocated, fragmented))

struct PackingRun {
  std::uint64_t decisions = 0;
  std::uint64_t placed = 0;
  double gpu_unplaced = 0;                      // devices asked for by tasks that failed
  std::vector<std::int64_t> arrived_gpu_milli;  // after each decision
  std::vector<std::int64_t> allocated_gpu_milli;
  std::vector<PackingSample> samples;  // empty where the cluster has no devices
};

/// The shapes that make up 95 % of the tasks, the most frequent first, with their shares of these;
/// memory does not count. Adds shapes to the cluster.
std::vector<TypicalShape> typical_shapes(Cluster& cluster, const std::vector<ShapeIndex>& tasks);

/// The tasks in an order drawn by the seed, then more of them drawn with replacement until they ask
/// for load times the cluster's devices (fewer where they ask for more than that already). Where
/// there are no devices, each task once.
std::vector<ShapeIndex> arrivals(const Cluster& cluster, const std::vector<ShapeIndex>& tasks,
                                 const PackingOptions& options);

/// `cluster` is empty before, and holds what was placed after.
PackingRun pack(Cluster& cluster, const std::vector<ShapeIndex>& arrivals,
                const std::vector<TypicalShape>& typical, const PackingOptions& options);

/// Allocated over capacity, 0 to 1, as published: the mean over the arrivals at which what had been
/// asked for was within half a point of `load` times the capacity; NaN where it never was.
double allocation_ratio(const Cluster& cluster, const PackingRun& run, double load);

}  // namespace fulcrum::sched

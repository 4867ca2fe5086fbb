#pragma once
// The largest node of a cluster, by which stages that add unlike resources normalise them.
#include <memory>
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched::stages {

struct LargestNode final : PlaceTables {
  double cpu_milli = 1;
  double gpu_milli = 1;
};

/// A PlaceStage::prepare.
std::unique_ptr<PlaceTables> largest_node(const Cluster& cluster,
                                          const std::vector<TypicalShape>& typical);

inline const LargestNode& largest_of(const PlaceContext& context) {
  return static_cast<const LargestNode&>(*context.tables);
}
inline double gpu_milli_of(const Shape& shape) {
  return static_cast<double>(shape.gpus) * static_cast<double>(shape.gpu_milli);
}

}  // namespace fulcrum::sched::stages

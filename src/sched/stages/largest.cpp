#include "sched/stages/largest.h"

#include <algorithm>

namespace fulcrum::sched::stages {

std::unique_ptr<PlaceTables> largest_node(const Cluster& cluster,
                                          const std::vector<TypicalShape>&) {
  auto largest = std::make_unique<LargestNode>();
  for (NodeIndex node = 0; node < cluster.size(); ++node) {
    const NodeSpec& spec = cluster.spec(node);
    largest->cpu_milli = std::max(largest->cpu_milli, static_cast<double>(spec.cpu_milli));
    largest->gpu_milli = std::max(largest->gpu_milli, static_cast<double>(spec.gpus * kWhole));
  }
  return largest;
}

}  // namespace fulcrum::sched::stages

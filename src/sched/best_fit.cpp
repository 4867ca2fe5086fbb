#include <numeric>

#include "sched/policies.h"

namespace fulcrum::sched::policies {

double best_fit(const NodeState& node, const Demand& demand) {
  const auto free_milli = std::accumulate(node.free_device_milli.begin(),
                                          node.free_device_milli.end(), std::int64_t{0});
  // Devices first; cores break ties between nodes with equally many left.
  const double devices = static_cast<double>(free_milli) -
                         static_cast<double>(demand.gpus) * static_cast<double>(demand.gpu_milli);
  const double cpu = static_cast<double>(node.free_cpu_milli - demand.cpu_milli);
  return -devices - cpu * 1e-9;
}

}  // namespace fulcrum::sched::policies

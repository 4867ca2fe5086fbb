#include "sched/elastic/free_devices.h"

#include <algorithm>
#include <cassert>

namespace fulcrum::sched {

FreeDevices::FreeDevices(const std::vector<std::uint32_t>& devices) : free_(devices) {
  for (const std::uint32_t count : devices) total_ += count;
}

bool FreeDevices::take(const Allocation& allocation) {
  for (const Part& part : allocation)
    if (part.node >= free_.size() || free_[part.node] < part.replicas) return false;
  for (const Part& part : allocation) {
    free_[part.node] -= part.replicas;
    total_ -= part.replicas;
  }
  return true;
}

void FreeDevices::give(const Allocation& allocation) {
  for (const Part& part : allocation) {
    free_[part.node] += part.replicas;
    total_ += part.replicas;
  }
}

Allocation FreeDevices::take_from_fullest(std::uint32_t replicas) {
  Allocation taken;
  while (replicas > 0) {
    const auto most = std::max_element(free_.begin(), free_.end());
    const std::uint32_t count = std::min(*most, replicas);
    assert(count > 0 && "more was asked for than total()");
    taken.push_back({static_cast<NodeIndex>(most - free_.begin()), count});
    *most -= count;
    total_ -= count;
    replicas -= count;
  }
  return taken;
}

Allocation FreeDevices::take_tightest(std::uint32_t replicas) {
  std::size_t best = free_.size();
  for (std::size_t node = 0; node < free_.size(); ++node)
    if (free_[node] >= replicas && (best == free_.size() || free_[node] < free_[best])) best = node;
  if (best == free_.size()) return take_from_fullest(replicas);
  const Allocation taken{{static_cast<NodeIndex>(best), replicas}};
  take(taken);
  return taken;
}

}  // namespace fulcrum::sched

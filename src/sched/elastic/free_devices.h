#pragma once
// Devices that are still free while a round's allocations are made up.
#include <vector>

#include "sched/elastic/resize.h"

namespace fulcrum::sched {

class FreeDevices {
 public:
  explicit FreeDevices(const std::vector<std::uint32_t>& devices);
  std::uint32_t total() const { return total_; }
  std::uint32_t on(NodeIndex node) const { return free_[node]; }
  std::size_t nodes() const { return free_.size(); }
  /// False, and nothing taken, where a node has too few.
  bool take(const Allocation& allocation);
  void give(const Allocation& allocation);
  /// From the nodes with most free first, ties to the smallest index: few nodes, whole ones first.
  /// `replicas` <= total().
  Allocation take_from_fullest(std::uint32_t replicas);
  /// On one node, that is left with the fewest free; else as take_from_fullest.
  Allocation take_tightest(std::uint32_t replicas);

 private:
  std::vector<std::uint32_t> free_;
  std::uint32_t total_ = 0;
};

}  // namespace fulcrum::sched

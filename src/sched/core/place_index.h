#pragma once
// The best node for one shape, kept between decisions: a tree of maxima over all nodes that catches
// up with the cluster's change log. A decision costs the nodes that changed since the last one for
// this shape, times the tree's few levels, instead of all nodes.
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched {

class PlaceIndex {
 public:
  PlaceIndex(ShapeIndex shape, const PlaceStage& stage) : shape_(shape), stage_(&stage) {}

  /// kNoNode when none fits now. `devices` belongs to it.
  NodeIndex best(const PlaceContext& context, DeviceMask& devices);

 private:
  static constexpr std::size_t kFan = 8;  // ranks in one cache line
  void catch_up(const PlaceContext& context);
  void build(const PlaceContext& context);
  double rank_of(const PlaceContext& context, NodeIndex node) const;
  void lift(NodeIndex node);
  NodeIndex first_of_the_best() const;

  ShapeIndex shape_;
  const PlaceStage* stage_;
  std::uint64_t seen_ = 0;  // position in the change log
  std::size_t nodes_ = 0;   // that the levels are for
  /// levels_[0]: a rank for each node, -inf where it does not fit; above, the maximum of each kFan.
  std::vector<std::vector<double>> levels_;
};

}  // namespace fulcrum::sched

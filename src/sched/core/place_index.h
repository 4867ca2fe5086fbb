#pragma once
// The best node for one shape, kept between decisions: a winner tree over all nodes that catches up
// with the cluster's change log. A decision costs the nodes that changed since the last one for
// this shape, times log(nodes), instead of all nodes.
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched {

class PlaceIndex {
 public:
  PlaceIndex(ShapeIndex shape, const PlaceStage& stage) : shape_(shape), stage_(&stage) {}

  /// kNoNode when none fits now. `devices` belongs to it.
  NodeIndex best(const PlaceContext& context, DeviceMask& devices);

 private:
  void catch_up(const PlaceContext& context);
  void look_at(const PlaceContext& context, NodeIndex node);
  void lift(NodeIndex node);
  bool beats(NodeIndex a, NodeIndex b) const;

  ShapeIndex shape_;
  const PlaceStage* stage_;
  std::uint64_t seen_ = 0;    // position in the change log
  std::size_t leaves_ = 0;    // power of two
  std::vector<double> rank_;  // by node; -inf: does not fit
  std::vector<DeviceMask> devices_;
  std::vector<NodeIndex> winner_;  // heap order, winner_[1] over all
};

}  // namespace fulcrum::sched

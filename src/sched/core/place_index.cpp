#include "sched/core/place_index.h"

#include <bit>
#include <cmath>

namespace fulcrum::sched {

namespace {
constexpr double kDoesNotFit = -INFINITY;
}

NodeIndex PlaceIndex::best(const PlaceContext& context, DeviceMask& devices) {
  if (context.cluster.size() == 0) return kNoNode;
  catch_up(context);
  const NodeIndex node = winner_[1];
  if (node == kNoNode || rank_[node] == kDoesNotFit) return kNoNode;
  devices = devices_[node];
  return node;
}

void PlaceIndex::catch_up(const PlaceContext& context) {
  const Cluster& cluster = context.cluster;
  const std::size_t nodes = cluster.size();
  const bool is_new = rank_.size() != nodes;
  if (is_new) {
    leaves_ = std::bit_ceil(nodes);
    rank_.assign(nodes, kDoesNotFit);
    devices_.assign(nodes, 0);
    winner_.assign(2 * leaves_, kNoNode);
    for (NodeIndex node = 0; node < nodes; ++node) winner_[leaves_ + node] = node;
  }
  const std::uint64_t end = cluster.log_end();
  const bool all =
      is_new || !stage_->of_node_alone || seen_ < cluster.log_begin() || end - seen_ >= nodes;
  if (all) {
    for (NodeIndex node = 0; node < nodes; ++node) look_at(context, node);
    for (std::size_t at = leaves_ - 1; at >= 1; --at)
      winner_[at] =
          beats(winner_[2 * at], winner_[2 * at + 1]) ? winner_[2 * at] : winner_[2 * at + 1];
  } else {
    for (std::uint64_t position = seen_; position < end; ++position) {
      const NodeIndex node = cluster.log_at(position);
      look_at(context, node);
      lift(node);
    }
  }
  seen_ = end;
}

void PlaceIndex::look_at(const PlaceContext& context, NodeIndex node) {
  const Choice choice = stage_->choose(context, node, shape_);
  rank_[node] = choice.fits ? choice.rank : kDoesNotFit;
  devices_[node] = choice.devices;
}

void PlaceIndex::lift(NodeIndex node) {
  for (std::size_t at = (leaves_ + node) / 2; at >= 1; at /= 2)
    winner_[at] =
        beats(winner_[2 * at], winner_[2 * at + 1]) ? winner_[2 * at] : winner_[2 * at + 1];
}

/// Left leaves have the smaller index and win ties.
bool PlaceIndex::beats(NodeIndex a, NodeIndex b) const {
  if (b == kNoNode) return true;
  if (a == kNoNode) return false;
  return rank_[a] >= rank_[b];
}

}  // namespace fulcrum::sched

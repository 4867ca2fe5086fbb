#include "sched/core/place_index.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::sched {

namespace {
constexpr double kDoesNotFit = -INFINITY;
constexpr std::size_t kFanOf = 8;

double greatest(const double* ranks) {
  double most = ranks[0];
  for (std::size_t i = 1; i < kFanOf; ++i) most = ranks[i] > most ? ranks[i] : most;
  return most;
}
}  // namespace

NodeIndex PlaceIndex::best(const PlaceContext& context, DeviceMask& devices) {
  if (context.cluster.size() == 0) return kNoNode;
  catch_up(context);
  if (levels_.back()[0] == kDoesNotFit) return kNoNode;
  const NodeIndex node = first_of_the_best();
  devices = stage_->choose(context, node, shape_).devices;
  return node;
}

void PlaceIndex::catch_up(const PlaceContext& context) {
  static_assert(kFan == kFanOf);
  const Cluster& cluster = context.cluster;
  const std::uint64_t end = cluster.log_end();
  if (nodes_ != cluster.size() || !stage_->of_node_alone || seen_ < cluster.log_begin()) {
    build(context);
  } else {
    for (std::uint64_t position = seen_; position < end; ++position) {
      const NodeIndex node = cluster.log_at(position);
      if (cluster.last_change(node) != position) continue;  // it comes again
      const double rank = rank_of(context, node);
      if (levels_[0][node] == rank) continue;
      levels_[0][node] = rank;
      lift(node);
    }
  }
  seen_ = end;
}

double PlaceIndex::rank_of(const PlaceContext& context, NodeIndex node) const {
  const Choice choice = stage_->choose(context, node, shape_);
  return choice.fits ? choice.rank : kDoesNotFit;
}

void PlaceIndex::build(const PlaceContext& context) {
  const std::size_t nodes = context.cluster.size();
  const auto rounded = [](std::size_t count) { return (count + kFan - 1) / kFan * kFan; };
  if (nodes_ != nodes) {
    nodes_ = nodes;
    levels_.clear();
    levels_.emplace_back(rounded(nodes), kDoesNotFit);
    for (std::size_t count = levels_[0].size() / kFan; count > 1;
         count = levels_.back().size() / kFan)
      levels_.emplace_back(rounded(count), kDoesNotFit);
    levels_.emplace_back(1, kDoesNotFit);
  }
  for (NodeIndex node = 0; node < nodes; ++node) levels_[0][node] = rank_of(context, node);
  for (std::size_t level = 1; level < levels_.size(); ++level)
    for (std::size_t at = 0; at * kFan < levels_[level - 1].size(); ++at)
      levels_[level][at] = greatest(&levels_[level - 1][at * kFan]);
}

void PlaceIndex::lift(NodeIndex node) {
  std::size_t at = node;
  for (std::size_t level = 1; level < levels_.size(); ++level) {
    at /= kFan;
    const double most = greatest(&levels_[level - 1][at * kFan]);
    if (levels_[level][at] == most) return;
    levels_[level][at] = most;
  }
}

/// The smallest index wins ties.
NodeIndex PlaceIndex::first_of_the_best() const {
  const double most = levels_.back()[0];
  std::size_t at = 0;
  for (std::size_t level = levels_.size() - 1; level-- > 0;) {
    at *= kFan;
    while (levels_[level][at] != most) ++at;
  }
  return static_cast<NodeIndex>(at);
}

}  // namespace fulcrum::sched

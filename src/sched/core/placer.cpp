#include "sched/core/placer.h"

#include <algorithm>

namespace fulcrum::sched {

Placer::Placer(Cluster& cluster, const PlaceStage& stage, const std::vector<TypicalShape>& typical,
               std::uint64_t seed)
    : cluster_(cluster),
      stage_(stage),
      tables_(stage.prepare ? stage.prepare(cluster, typical) : nullptr),
      seed_(seed) {}

bool Placer::place(const Job& job, std::vector<Held>& held) {
  return place_with(job, nullptr, held);
}

bool Placer::place_outside(const Job& job, const std::vector<char>& closed,
                           std::vector<Held>& held) {
  return place_with(job, &closed, held);
}

/// Cheap and necessary: most refusals of a full cluster end here.
bool Placer::room_in_total(const Job& job) const {
  const Shape& shape = cluster_.shape_of(job.shape);
  if (shape.gpus == 0 || cluster_.gpu_milli() == 0 || cluster_.mixes_kinds()) return true;
  const std::int64_t tasks = job.tasks;
  if (shape.gpu_milli == kWhole) return shape.gpus * tasks <= cluster_.free_whole_gpus();
  return shape.gpus * tasks * static_cast<std::int64_t>(shape.gpu_milli) <=
         cluster_.free_gpu_milli();
}

NodeIndex Placer::best(ShapeIndex shape, DeviceMask& devices) {
  if (indexes_.size() <= shape) indexes_.resize(shape + 1);
  auto& index = indexes_[shape];
  if (!index) index = std::make_unique<PlaceIndex>(shape, stage_);
  return index->best(context(), devices);
}

NodeIndex Placer::best_outside(ShapeIndex shape, const std::vector<char>& closed,
                               DeviceMask& devices) {
  const NodeIndex first = best(shape, devices);
  if (first == kNoNode || closed[first] == 0) return first;
  NodeIndex found = kNoNode;
  double rank = 0;
  for (NodeIndex node = 0; node < cluster_.size(); ++node) {
    if (closed[node] != 0) continue;
    const Choice choice = stage_.choose(context(), node, shape);
    if (!choice.fits || (found != kNoNode && choice.rank <= rank)) continue;
    found = node;
    rank = choice.rank;
    devices = choice.devices;
  }
  return found;
}

bool Placer::place_with(const Job& job, const std::vector<char>* closed, std::vector<Held>& held) {
  held.clear();
  ++decisions_;
  if (!room_in_total(job)) return false;
  const bool is_gang = job.tasks + (job.has_rest ? 1U : 0U) > 1;
  if (is_gang && stage_.gangs_together && cluster_.racks() > 1 &&
      place_in_one_rack(job, closed, held))
    return true;
  return place_all(job, closed, held);
}

/// The rack with the fewest free devices that has room.
bool Placer::place_in_one_rack(const Job& job, const std::vector<char>* closed,
                               std::vector<Held>& held) {
  std::vector<std::pair<std::int64_t, std::uint16_t>> racks(cluster_.racks());
  for (std::uint16_t rack = 0; rack < racks.size(); ++rack) racks[rack].second = rack;
  for (NodeIndex node = 0; node < cluster_.size(); ++node)
    if (closed == nullptr || (*closed)[node] == 0)
      racks[cluster_.spec(node).rack].first += cluster_.free(node).gpu_milli;
  std::sort(racks.begin(), racks.end());
  const Shape& shape = cluster_.shape_of(job.shape);
  const std::int64_t wanted = std::int64_t{shape.gpus} * shape.gpu_milli * job.tasks;
  std::vector<char> outside(cluster_.size());
  for (const auto& [free_milli, rack] : racks) {
    if (free_milli < wanted && !cluster_.mixes_kinds() && cluster_.gpu_milli() > 0) continue;
    for (NodeIndex node = 0; node < cluster_.size(); ++node)
      outside[node] = static_cast<char>(cluster_.spec(node).rack != rack ||
                                        (closed != nullptr && (*closed)[node] != 0));
    if (place_all(job, &outside, held)) return true;
  }
  return false;
}

bool Placer::place_all(const Job& job, const std::vector<char>* closed, std::vector<Held>& held) {
  const std::uint32_t count = job.tasks + (job.has_rest ? 1 : 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    const ShapeIndex shape = i < job.tasks ? job.shape : job.rest_shape;
    DeviceMask devices = 0;
    const NodeIndex node = closed ? best_outside(shape, *closed, devices) : best(shape, devices);
    if (node == kNoNode) {
      for (const Held& taken : held) cluster_.give_back(taken);
      held.clear();
      return false;
    }
    held.push_back({node, shape, devices});
    cluster_.take(held.back());
  }
  return true;
}

}  // namespace fulcrum::sched

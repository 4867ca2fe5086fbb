// Linked devices first: a task's devices come from one island of its node where one has enough, the
// smallest such; gangs stay below one switch (PlaceStage::gangs_together). Among nodes that serve
// alike, the one that is left with the fewest free devices.
#include <array>

#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

namespace {

constexpr double kIslandRank = 1e7;  // beyond what a node's free devices count

struct Linked {
  DeviceMask devices = 0;
  int islands = 0;
};

/// Whole free devices, from as few islands as a greedy choice needs.
Linked linked_devices(const NodeSpec& spec, const FreeNode& free, std::uint32_t wanted) {
  std::array<std::uint32_t, 256> whole{};
  for (std::size_t i = 0; i < spec.gpus; ++i)
    whole[spec.island[i]] += free.device_milli[i] == kWhole ? 1 : 0;
  Linked linked;
  while (wanted > 0) {
    std::size_t best = whole.size();
    for (std::size_t island = 0; island < whole.size(); ++island) {
      if (whole[island] == 0) continue;
      const bool suffices = whole[island] >= wanted;
      const bool best_suffices = best < whole.size() && whole[best] >= wanted;
      const bool is_better = suffices ? !best_suffices || whole[island] < whole[best]
                                      : !best_suffices && whole[island] > whole[best];
      if (best == whole.size() || is_better) best = island;
    }
    ++linked.islands;
    for (std::size_t i = 0; i < spec.gpus && wanted > 0; ++i) {
      if (spec.island[i] != best || free.device_milli[i] != kWhole) continue;
      linked.devices |= DeviceMask{1} << i;
      --wanted;
    }
    whole[best] = 0;
  }
  return linked;
}

}  // namespace

const PlaceStage topology{
    "topology",
    summary_of("topology"),
    [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
      const Cluster& cluster = context.cluster;
      const Shape& need = cluster.shape_of(shape);
      if (!cluster.fits(node, need)) return {};
      const FreeNode& free = cluster.free(node);
      const NodeSpec& spec = cluster.spec(node);
      const double tight =
          -static_cast<double>(free.gpu_milli) - static_cast<double>(free.cpu_milli) * 1e-9;
      const bool is_linked = need.gpus > 1 && need.gpu_milli == kWhole && !spec.cores_stand_in;
      if (!is_linked) return {tight, cluster.choose_devices(node, need), true};
      const Linked linked = linked_devices(spec, free, need.gpus);
      return {tight - kIslandRank * (linked.islands - 1), linked.devices, true};
    },
    true,
    nullptr,
    true};

}  // namespace fulcrum::sched::stages

// Uniformly among the nodes that fit, then uniformly among the devices that do.
#include <bit>

#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

namespace {

/// SplitMix64's finaliser (Steele et al. 2014): independent draws without a state to keep.
std::uint64_t draw(std::uint64_t seed, std::uint64_t decision, std::uint64_t what) {
  std::uint64_t x = seed * 0x9E3779B97F4A7C15 + decision * 0xD1B54A32D192ED03 + what;
  for (int round = 0; round < 2; ++round) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    x ^= x >> 31;
  }
  return x;
}

DeviceMask devices_for(const FreeNode& free, int gpus, const Shape& need, std::uint64_t drawn) {
  DeviceMask fitting = 0;
  for (int i = 0; i < gpus; ++i)
    if (free.device_milli[static_cast<std::size_t>(i)] >= need.gpu_milli)
      fitting |= DeviceMask{1} << i;
  for (std::uint64_t skip = drawn % static_cast<std::uint64_t>(std::popcount(fitting)); skip > 0;
       --skip)
    fitting &= fitting - 1;
  return fitting & (~fitting + 1);
}

}  // namespace

const PlaceStage random{
    "random", summary_of("random"),
    [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
      const Shape& need = context.cluster.shape_of(shape);
      if (!context.cluster.fits(node, need)) return {};
      const NodeSpec& spec = context.cluster.spec(node);
      const std::uint64_t drawn = draw(context.seed, context.decision, node + 1);
      const bool is_share = need.gpus == 1 && need.gpu_milli < kWhole && !spec.cores_stand_in;
      return {static_cast<double>(drawn >> 11),
              is_share ? devices_for(context.cluster.free(node), spec.gpus, need,
                                     draw(context.seed, context.decision, ~std::uint64_t{node}))
                       : context.cluster.choose_devices(node, need),
              true};
    },
    false};

}  // namespace fulcrum::sched::stages

// GPU packing as Weng et al. (ATC 2023) run it: devices that are shared already (the fuller, the
// better), then free devices of a node in use, then an empty node, the smallest first.
#include <algorithm>
#include <bit>

#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

namespace {

double score(const FreeNode& free, const NodeSpec& spec, DeviceMask devices) {
  if (free.whole == spec.gpus) return std::max<double>(33 - free.whole, free.whole);
  int whole = 0;
  double left_percent = 0;
  for (DeviceMask rest = devices; rest != 0; rest &= rest - 1) {
    const auto milli = free.device_milli[static_cast<std::size_t>(std::countr_zero(rest))];
    whole += milli == kWhole ? 1 : 0;
    left_percent += milli / 10;
  }
  if (whole > 0) return std::max(50 - whole, 33);
  return std::max(100 - std::floor(left_percent / 10), 50.0);
}

}  // namespace

const PlaceStage packing{
    "packing", summary_of("packing"),
    [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
      const Shape& need = context.cluster.shape_of(shape);
      if (!context.cluster.fits(node, need)) return {};
      const DeviceMask devices = context.cluster.choose_devices(node, need);
      if (devices == 0) return {0, 0, true};
      return {score(context.cluster.free(node), context.cluster.spec(node), devices), devices,
              true};
    }};

}  // namespace fulcrum::sched::stages

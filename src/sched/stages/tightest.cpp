// Best fit for whole nodes: fewest devices left, then fewest cores left.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const PlaceStage tightest{
    "tightest", summary_of("tightest"),
    [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
      const Shape& need = context.cluster.shape_of(shape);
      if (!context.cluster.fits(node, need)) return {};
      const FreeNode& free = context.cluster.free(node);
      return {-static_cast<double>(free.gpu_milli) - static_cast<double>(free.cpu_milli) * 1e-9,
              context.cluster.choose_devices(node, need), true};
    }};

}  // namespace fulcrum::sched::stages

// The baseline of Weng et al. (ATC 2023): what stays free after placing, each resource as a share
// of the largest node's, weighted alike, in whole points of a hundred; least wins.
#include "sched/stages/largest.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const PlaceStage best_fit{
    "best_fit", summary_of("best_fit"),
    [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
      const Shape& need = context.cluster.shape_of(shape);
      if (!context.cluster.fits(node, need)) return {};
      const FreeNode& free = context.cluster.free(node);
      const LargestNode& largest = largest_of(context);
      const double cpu = static_cast<double>(free.cpu_milli - need.cpu_milli) / largest.cpu_milli;
      const double gpu = (free.gpu_milli - gpu_milli_of(need)) / largest.gpu_milli;
      return {std::floor((1 - cpu * 0.5 - gpu * 0.5) * 100),
              context.cluster.choose_devices(node, need), true};
    },
    true, largest_node};

}  // namespace fulcrum::sched::stages

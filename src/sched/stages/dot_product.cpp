// Tetris (Grandl et al., SIGCOMM 2014) as Weng et al. (ATC 2023) run it: the smallest product of
// what is asked for and what is free, both as shares of the largest node's, in whole points.
#include "sched/stages/largest.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const PlaceStage dot_product{
    "dot_product", summary_of("dot_product"),
    [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
      const Shape& need = context.cluster.shape_of(shape);
      if (!context.cluster.fits(node, need)) return {};
      const FreeNode& free = context.cluster.free(node);
      const LargestNode& largest = largest_of(context);
      const double cpu = static_cast<double>(free.cpu_milli) / largest.cpu_milli *
                         (static_cast<double>(need.cpu_milli) / largest.cpu_milli);
      const double gpu =
          free.gpu_milli / largest.gpu_milli * (gpu_milli_of(need) / largest.gpu_milli);
      return {std::floor((1 - (cpu + gpu) / 2) * 100), context.cluster.choose_devices(node, need),
              true};
    },
    true, largest_node};

}  // namespace fulcrum::sched::stages

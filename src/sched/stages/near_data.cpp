// Where the job's dataset lies, if there is room; else, and among those, the tightest.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

namespace {
constexpr double kNear = 1e9;  // beyond what a node's free devices count
}

const PlaceStage near_data{
    "near_data", summary_of("near_data"),
    [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
      const Shape& need = context.cluster.shape_of(shape);
      if (!context.cluster.fits(node, need)) return {};
      const FreeNode& free = context.cluster.free(node);
      const bool is_near = (context.cluster.spec(node).data & need.data) != 0;
      return {(is_near ? kNear : 0) - static_cast<double>(free.gpu_milli) -
                  static_cast<double>(free.cpu_milli) * 1e-9,
              context.cluster.choose_devices(node, need), true};
    }};

}  // namespace fulcrum::sched::stages

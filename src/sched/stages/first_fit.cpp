// The first node by name: every rank is equal, ties go to the smallest index.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const PlaceStage first_fit{
    "first_fit", summary_of("first_fit"),
    [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
      const Shape& need = context.cluster.shape_of(shape);
      if (!context.cluster.fits(node, need)) return {};
      return {0, context.cluster.choose_devices(node, need), true};
    }};

}  // namespace fulcrum::sched::stages

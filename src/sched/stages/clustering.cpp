// Tasks with alike device needs together (Xiao et al., Gandiva, OSDI 2018), as Weng et al. (ATC
// 2023) run it: a node that holds only such tasks, then one that holds such among others, then an
// empty one, then the rest; within each, the fullest in 25 steps.
#include <algorithm>

#include "sched/stages/largest.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const PlaceStage clustering{
    "clustering", summary_of("clustering"),
    [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
      const Shape& need = context.cluster.shape_of(shape);
      if (!context.cluster.fits(node, need)) return {};
      if (need.gpus == 0) return {0, 0, true};
      const Residents& residents = context.cluster.residents(node);
      const auto kinds = residents.size() - static_cast<std::size_t>(
                                                std::count(residents.begin(), residents.end(), 0));
      const bool alike = residents[need.gpu_milli < kWhole ? 0 : need.gpus] > 0;
      const double group = alike ? (kinds == 1 ? 75 : 50) : (kinds == 0 ? 25 : 0);
      const double full = 1 - context.cluster.free(node).gpu_milli / largest_of(context).gpu_milli;
      return {group + std::floor(full * 25), context.cluster.choose_devices(node, need), true};
    },
    true, largest_node};

}  // namespace fulcrum::sched::stages

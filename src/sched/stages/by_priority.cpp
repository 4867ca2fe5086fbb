// Higher priority takes the place of lower, weighed.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const PreemptStage by_priority{
    "by_priority", summary_of("by_priority"),
    [](const PreemptContext&, const Job& waiting, const Job& running, double) -> double {
      return waiting.priority > running.priority ? -INFINITY : INFINITY;
    }};

}  // namespace fulcrum::sched::stages

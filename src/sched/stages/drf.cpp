// Dominant resource fairness (Ghodsi et al. 2011).
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const OrderStage drf{
    "drf", summary_of("drf"),
    [](const Job& job) -> double {
      (void)job;
      return 0;
    },
    [](const GroupUse& use, double) -> double { return use.dominant_share / use.share; }};

}  // namespace fulcrum::sched::stages

// Owners take turns: whoever holds the fewest devices now goes first.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const OrderStage round_robin{
    "round_robin", summary_of("round_robin"),
    [](const Job& job) -> double {
      (void)job;
      return 0;
    },
    [](const GroupUse& use, double) -> double { return use.held_devices; }};

}  // namespace fulcrum::sched::stages

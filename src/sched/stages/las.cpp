// Discretised least attained service, in two levels.
#include "sched/stages/las.h"

#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const OrderStage las{"las", summary_of("las"),
                     [](const Job& job) -> double { return served_level(job.attained_device_s); },
                     nullptr};

}  // namespace fulcrum::sched::stages

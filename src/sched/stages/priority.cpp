// Highest priority first.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const OrderStage priority{"priority", summary_of("priority"),
                          [](const Job& job) -> double { return -job.priority; }, nullptr};

}  // namespace fulcrum::sched::stages

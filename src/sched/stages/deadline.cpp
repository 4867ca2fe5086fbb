// Earliest deadline first.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const OrderStage deadline{
    "deadline", summary_of("deadline"),
    [](const Job& job) -> double { return job.deadline_s > 0 ? job.deadline_s : INFINITY; },
    nullptr};

}  // namespace fulcrum::sched::stages

// Smith 1956: weight priority·devices over area devices·duration, so the device count cancels.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const OrderStage smith{"smith", summary_of("smith"),
                       [](const Job& job) -> double {
                         return expected_s(job) < INFINITY ? -job.priority / expected_s(job) : 0;
                       },
                       nullptr};

}  // namespace fulcrum::sched::stages

// First come, first served: every key is equal, arrival decides.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const OrderStage fifo{"fifo", summary_of("fifo"),
                      [](const Job& job) -> double {
                        (void)job;
                        return 0;
                      },
                      nullptr};

}  // namespace fulcrum::sched::stages

// Decayed use over share, as Slurm's fair-share factor orders it.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const OrderStage fair_share{"fair_share", summary_of("fair_share"),
                            [](const Job& job) -> double {
                              (void)job;
                              return 0;
                            },
                            [](const GroupUse& use, double now_s) -> double {
                              return decayed_use_s(use, now_s) / use.share;
                            }};

}  // namespace fulcrum::sched::stages

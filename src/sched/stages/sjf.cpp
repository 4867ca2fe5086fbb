// Shortest job first: best mean completion weighted by devices (Smith's index with weight devices).
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const OrderStage sjf{"sjf", summary_of("sjf"),
                     [](const Job& job) -> double { return expected_s(job); }, nullptr};

}  // namespace fulcrum::sched::stages

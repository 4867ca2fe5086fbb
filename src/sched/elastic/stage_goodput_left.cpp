#include "sched/elastic/goodput_policy.h"
#include "sched/elastic/stages.h"

namespace fulcrum::sched::resize_stages {

const ResizeStage goodput_left{"goodput_left",
                               []() { return make_goodput_resizer(Weighing::kLeft); }, true};

}  // namespace fulcrum::sched::resize_stages

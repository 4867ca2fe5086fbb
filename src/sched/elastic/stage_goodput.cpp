#include "sched/elastic/goodput_policy.h"
#include "sched/elastic/stages.h"

namespace fulcrum::sched::resize_stages {

const ResizeStage goodput{"goodput", []() { return make_goodput_resizer(Weighing::kAttained); },
                          true};

}  // namespace fulcrum::sched::resize_stages

// Smallest area first: best plain mean completion of rigid jobs.
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const OrderStage smallest_device_time{
    "smallest_device_time", summary_of("smallest_device_time"),
    [](const Job& job) -> double { return expected_s(job) * job.devices; }, nullptr};

}  // namespace fulcrum::sched::stages

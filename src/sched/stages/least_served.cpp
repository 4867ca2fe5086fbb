// With the order las: a running job that passes the threshold can lose its place to one below it.
#include "sched/stages/las.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

const PreemptStage least_served{
    "least_served", summary_of("least_served"),
    [](const PreemptContext&, const Job& waiting, const Job& running, double started_s) -> double {
      if (served_level(waiting.attained_device_s) > 0) return INFINITY;
      const double rest_s = kServedMuchDeviceS - running.attained_device_s;
      return running.devices > 0 ? started_s + rest_s / running.devices : INFINITY;
    },
    false};

}  // namespace fulcrum::sched::stages

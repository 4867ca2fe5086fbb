// Least attained service: device-seconds held so far.
#include "sched/elastic/ordered.h"
#include "sched/elastic/stages.h"

namespace fulcrum::sched::resize_stages {

const ResizeStage least_attained{
    "least_attained",
    []() { return make_ordered([](const ElasticJob& job) { return job.attained_device_s; }); }};

}  // namespace fulcrum::sched::resize_stages

// Max-min fairness of time: the job that has run for the smallest part of its life goes first, so
// that over some rounds all run for the same part (Gavel's max-min policy, OSDI 2020, for jobs of
// one kind of device).
#include "sched/elastic/ordered.h"
#include "sched/elastic/stages.h"

namespace fulcrum::sched::resize_stages {

const ResizeStage max_min{"max_min", []() {
                            return make_ordered([](const ElasticJob& job) {
                              return job.attained_device_s / job.asked / (job.age_s + 1);
                            });
                          }};

}  // namespace fulcrum::sched::resize_stages

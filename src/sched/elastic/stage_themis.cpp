// Finish-time fairness (Themis, NSDI 2020): whoever would end latest against a fair share, if it
// ran alone from now on, goes first. The number of jobs is the same for all and does not change the
// order.
#include "sched/elastic/ordered.h"
#include "sched/elastic/stages.h"

namespace fulcrum::sched::resize_stages {

const ResizeStage themis{
    "themis", []() {
      return make_ordered([](const ElasticJob& job) {
        return job.future == nullptr
                   ? 0
                   : -(job.age_s + job.future->left_s(job.asked)) /
                         (job.attained_device_s / job.asked + job.future->left_s(job.asked));
      });
    }};

}  // namespace fulcrum::sched::resize_stages

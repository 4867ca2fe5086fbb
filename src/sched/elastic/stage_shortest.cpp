// Shortest time left first, run times known; jobs that say nothing go last.
#include "sched/elastic/ordered.h"
#include "sched/elastic/stages.h"

namespace fulcrum::sched::resize_stages {

const ResizeStage shortest{"shortest", []() {
                             return make_ordered([](const ElasticJob& job) {
                               return job.future != nullptr ? job.future->left_s(job.asked) : 1e18;
                             });
                           }};

}  // namespace fulcrum::sched::resize_stages

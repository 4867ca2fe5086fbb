#pragma once
// Stages that run jobs as asked, each round those first that a key says; who is not reached is
// preempted. A stage is its key.
#include <memory>

#include "sched/elastic/resize.h"

namespace fulcrum::sched {

/// Smallest key first, ties by submission.
std::unique_ptr<Resizer> make_ordered(double (*key)(const ElasticJob& job));

}  // namespace fulcrum::sched

#pragma once
// What `fulcrum sim` runs when a policy resizes or preempts jobs: a resize stage on an elastic
// trace.
#include <string>

#include "sched/trace/elastic.h"
#include "sched/twin/elastic_replay.h"
#include "sched/twin/simulation.h"

namespace fulcrum::sched {

/// The work of one run, as `stage` would have it: it chooses batch sizes, or they stay as
/// submitted.
ElasticWorkload make_elastic_workload(const ElasticTrace& trace, const ResizeStage& stage);

/// `as_asked` is the same trace read as rigid jobs: slowdown, fairness and cost are against run
/// time and devices as submitted, so that policies that resize and those that do not can be
/// compared; utilization is of what was held. No bound is known where jobs change their size.
/// `clock_s` is read around the replay.
SimulationRun simulate_elastic(const ElasticTrace& trace, const Trace& as_asked,
                               const ClusterSize& size, const ResizeStage& stage,
                               double (*clock_s)());

}  // namespace fulcrum::sched

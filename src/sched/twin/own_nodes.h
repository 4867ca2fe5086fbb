#pragma once
// The machines of a home as a cluster of the twin.
#include "base/json.h"
#include "sched/twin/workload.h"

namespace fulcrum::sched {

/// Does none of them have a GPU? `nodes` as `node.list` gives them.
bool only_cores(const base::json::array& nodes, bool simulated);

/// Those that are up and (not) simulated, with models and custom resources. Fails with
/// `sim.cluster` where there is none, or where some have GPUs and others do not.
base::Result<ClusterSize> cluster_of_nodes(const base::json::array& nodes, bool simulated);

}  // namespace fulcrum::sched

#pragma once
// The machines of a home as a cluster of the twin.
#include "base/json.h"
#include "sched/twin/workload.h"

namespace fulcrum::sched {

/// Does none of them have a GPU? `nodes` as `node.list` gives them.
bool only_cores(const base::json::array& nodes, bool simulated);

/// Those that are up and (not) simulated. Fails with `sim.cluster` where there is none, or where
/// they are not alike: a cluster of the twin has equal nodes. Custom resources are not looked at.
base::Result<ClusterSize> cluster_of_nodes(const base::json::array& nodes, bool simulated);

}  // namespace fulcrum::sched

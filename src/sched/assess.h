#pragma once
// From a machine as it was found to the commands that describe it.
#include "base/json.h"
#include "exec/machine.h"

namespace fulcrum::sched {

/// Body of `node.add`: GPUs are its devices, else its cores are.
base::json::object node_body(const exec::Machine& machine, double price_usd_per_hour);
/// Body of `node.assess`.
base::json::object assessment_body(const exec::Machine& machine, const exec::Speed& speed);

}  // namespace fulcrum::sched

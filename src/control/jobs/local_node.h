#pragma once
// This machine as a node of the scheduler.
#include "base/result.h"
#include "control/engine/engine.h"

namespace fulcrum::control {

/// Adds this machine (name: the host's), or describes it anew when it has changed and nothing runs
/// on it. Its GPUs are the devices; a machine without one offers its cores as devices. Returns the
/// node's name.
base::Result<std::string> register_local_node(Engine& engine);

/// This machine, as the bodies of two commands.
struct LocalNode {
  base::json::object description;  // of node.add
  base::json::object assessment;   // of node.assess
};
/// Measures it: keeps all cores busy for about a second.
LocalNode measure_local_node();

}  // namespace fulcrum::control

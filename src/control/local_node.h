#pragma once
// This machine as a node of the scheduler.
#include "base/result.h"
#include "control/engine.h"

namespace fulcrum::control {

/// Adds this machine (name: the host's), or describes it anew when it has changed and nothing runs
/// on it. Its GPUs are the devices; a machine without one offers its cores as devices. Returns the
/// node's name.
base::Result<std::string> register_local_node(Engine& engine);

/// Measures this machine (about a second) and records it with `node.assess`; returns the body.
base::Result<base::json::object> assess_local_node(Engine& engine);

}  // namespace fulcrum::control

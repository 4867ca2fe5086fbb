#pragma once
// A job's utilization samples as a sealed chunk: the lines go to the objects, their range and hash
// to the ledger, so that what a score says of them can be proven.
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "exec/executor.h"
#include "objects/store.h"

namespace fulcrum::control {

/// Stores zstd of JSON lines {"time_us","cpu_cores","memory_bytes","device_busy"} and returns the
/// body of `samples.seal`; nullopt when there are no samples. Fails as objects::Store::put does.
base::Result<std::optional<base::json::object>> seal_usage(
    objects::Store& objects, const std::string& stream,
    const std::vector<exec::UsageSample>& samples);

}  // namespace fulcrum::control

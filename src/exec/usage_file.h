#pragma once
// What a shim measured, read back from its job's usage.jsonl.
#include <string>
#include <vector>

#include "exec/executor.h"

namespace fulcrum::exec {

/// The samples from the last one at or before `from_us` on (0: all of them), in the file's order;
/// reads no more of the file's end than that takes. Torn lines are passed over; no file is no
/// sample.
std::vector<UsageSample> read_usage(const std::string& path, std::int64_t from_us);

}  // namespace fulcrum::exec

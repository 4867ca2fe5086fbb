#pragma once
// The process that stands over one job: starts it, limits it, measures it, ends everything of it,
// and writes down how it ended. It outlives the server that asked for it.
#include <string>

namespace fulcrum::exec::shim {

/// Runs the job described in the folder's launch file to its end. Writes to `ready` either "ok" or
/// a sentence saying why nothing was started, then closes it. Returns the process's exit code:
/// 0 once the end is on disk, 1 when nothing was started, 3 when another shim has the job.
int run(const std::string& folder, int ready);

}  // namespace fulcrum::exec::shim

#pragma once
// What a replay adds to a trace that does not say it: quotas, and that jobs may be stopped.
#include <string>
#include <vector>

#include "sched/trace/trace.h"

namespace CLI {
class App;
}

namespace fulcrum::cli {

struct TraceAssumptions {
  sched::Assumptions jobs;
  std::vector<std::string> quotas;  // "GROUP=GUARANTEED:LIMIT" (sched/trace/assume.h)
};

/// --preemptible, --checkpoint-every, --min-run, --restart, and quotas under the name given;
/// `assumed` outlives the app.
void add_assumption_options(CLI::App& app, TraceAssumptions& assumed,
                            const std::string& quota_option = "--quota");
/// Fails with `sim.quota`, or `sim.assume` where a time is negative or no job would be stopped.
base::Status assume(const TraceAssumptions& assumed, sched::Trace& trace);

}  // namespace fulcrum::cli

#pragma once
// Where the jobs of a replay come from: a file, or the job history of the home.
#include <filesystem>
#include <string>

#include "cli/session.h"
#include "cli/trace_assumptions.h"
#include "sched/twin/workload.h"

namespace CLI {
class App;
}

namespace fulcrum::cli {

struct TraceSource {
  std::filesystem::path trace;  // empty for `ledger`
  std::string format;
  std::string cluster;            // "80x8"; empty for `ledger`: the home's own nodes
  double price_usd_per_hour = 0;  // of a node; 0: what the home says of its own
  bool lenient = false;
  bool simulated = false;  // of the home's jobs, the simulated ones
  TraceAssumptions assumed;
};

/// --trace, --cluster, --simulated-jobs and --lenient; `source` outlives the app.
void add_source_options(CLI::App& app, TraceSource& source,
                        const std::string& quota_option = "--quota");

struct Sourced {
  sched::Trace trace;
  sched::ClusterSize size;
};

/// Fails with `sim.format`, `sim.trace` (no file, or one beside `ledger`), as the trace's reader,
/// as parse_cluster(), cluster_of_nodes() and assume(), and, for `ledger`, as the home.
base::Result<Sourced> read_source(const TraceSource& source, const Session& session);
/// The file that every format but `ledger` needs: `sim.trace`.
base::Status check_file(const TraceSource& source);

}  // namespace fulcrum::cli

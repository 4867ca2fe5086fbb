#pragma once
// Where the jobs of a replay come from: a file, or the job history of the home.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/session.h"
#include "cli/trace_assumptions.h"
#include "sched/twin/prices.h"

namespace CLI {
class App;
}

namespace fulcrum::cli {

struct TraceSource {
  std::filesystem::path trace;  // empty for `ledger`
  std::string format;
  std::string cluster;               // "80x8"; empty for `ledger`: the home's own nodes
  double price_usd_per_hour = 0;     // of a node; 0: what the home says of its own
  std::vector<std::string> prices;   // "A100=2.5": of a device and hour
  std::filesystem::path price_list;  // a table of them; empty: none
  bool lenient = false;
  bool simulated = false;  // of the home's jobs, the simulated ones
  TraceAssumptions assumed;
};

/// --trace, --cluster, --price, --prices, --simulated-jobs and --lenient, and the assumptions;
/// `source` outlives the app.
void add_source_options(CLI::App& app, TraceSource& source,
                        const std::string& quota_option = "--quota");

struct Sourced {
  sched::Trace trace;
  sched::ClusterSize size;
};

/// Of --price and --prices. Fails as add_price() and add_prices().
base::Result<sched::DevicePrices> prices_of(const TraceSource& source);
/// Prices the nodes of all clusters. Fails with `sim.price` where one is of a model that none has.
base::Status price_clusters(const TraceSource& source,
                            const std::vector<sched::ClusterSize*>& clusters);

/// Prices are not set yet. Fails with `sim.format`, `sim.trace` (no file, or one beside `ledger`),
/// as the trace's reader, as parse_cluster(), cluster_of_nodes() and assume(), and, for `ledger`,
/// as the home.
base::Result<Sourced> read_source(const TraceSource& source, const Session& session);
/// The file that every format but `ledger` needs: `sim.trace`.
base::Status check_file(const TraceSource& source);

}  // namespace fulcrum::cli

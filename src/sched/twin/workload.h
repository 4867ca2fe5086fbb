#pragma once
// From a trace and "80x8" to what a replay takes.
#include <string_view>

#include "sched/trace/trace.h"
#include "sched/twin/replay.h"

namespace fulcrum::sched {

/// `nodes` equal nodes of `devices` devices; above kMaxDevices a node is a pool of processors.
struct ClusterSize {
  std::uint32_t nodes = 0;
  std::uint32_t devices = 0;
  double price_usd_per_hour = 0;  // of a node; 0: unknown
};

/// "80x8". Fails with `sim.cluster`.
base::Result<ClusterSize> parse_cluster(std::string_view text);
Cluster make_cluster(const ClusterSize& size);

/// Puts jobs of one moment in an order drawn by the seed; 0 leaves the trace's own order.
void shuffle_ties(Trace& trace, std::uint64_t seed);

enum class Prediction {
  kPerfect,  // the true duration
  kLimit,    // what the user asked for; unknown where the trace has no limit
  kLastTwo,  // the mean of the user's last two run times, else the limit
};

/// Jobs larger than a node become gangs: as many whole nodes as they fill, and one task of the
/// rest.
Workload make_workload(const Trace& trace, const ClusterSize& size, Cluster& cluster,
                       Prediction prediction);

}  // namespace fulcrum::sched

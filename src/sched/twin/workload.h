#pragma once
// From a trace and "80x8" to what a replay takes.
#include <string_view>

#include "sched/trace/trace.h"
#include "sched/twin/replay.h"

namespace fulcrum::sched {

/// `nodes` equal nodes of `devices` devices; above kMaxDevices a node is a pool of processors.
/// Where `cpu_milli` is given, nodes have that and memory too, and tasks take what they asked for.
struct ClusterSize {
  std::uint32_t nodes = 0;
  std::uint32_t devices = 0;
  double price_usd_per_hour = 0;  // of a node; 0: unknown
  std::int64_t cpu_milli = 0;     // of a node; 0: only devices are looked at
  std::int64_t memory_bytes = 0;  // of a node
  bool cores = false;             // no GPU: devices are its cores
};

/// "80x8". Fails with `sim.cluster`.
base::Result<ClusterSize> parse_cluster(std::string_view text);
Cluster make_cluster(const ClusterSize& size);

/// Puts jobs of one moment in an order drawn by the seed; 0 leaves the trace's own order.
void shuffle_ties(Trace& trace, std::uint64_t seed);

enum class Prediction {
  kPerfect,  // the true duration
  kLimit,    // what the user asked for; unknown where the trace has no limit
  kGiven,    // what was said at the submission, which may be nothing
  kLastTwo,  // the mean of the user's last two run times, else the limit
};

/// On nodes with CPU and memory, jobs whose tasks are known are placed as they were asked for. Of
/// others, and elsewhere, devices count; jobs larger than a node become gangs: as
/// many whole nodes as they fill, and one task of the rest.
Workload make_workload(const Trace& trace, const ClusterSize& size, Cluster& cluster,
                       Prediction prediction);

}  // namespace fulcrum::sched

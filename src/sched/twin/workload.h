#pragma once
// From a trace and "80x8" to what a replay takes.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sched/trace/trace.h"
#include "sched/twin/replay.h"

namespace fulcrum::sched {

/// `nodes` equal nodes of `devices` devices; above kMaxDevices a node is a pool of processors.
/// Where `cpu_milli` is given, nodes have that and memory too, and tasks take what they asked for.
struct ClusterSize {
  std::uint32_t nodes = 0;
  std::uint32_t devices = 0;
  double price_usd_per_hour = 0;         // of a node; 0: unknown
  std::int64_t cpu_milli = 0;            // of a node; 0: only devices are looked at
  std::int64_t memory_bytes = 0;         // of a node
  bool cores = false;                    // no GPU: devices are its cores
  DeviceClass kind = DeviceClass::kGpu;  // of its devices
  std::string model = {};                // of its devices; empty: not said, which serves every job
  std::map<std::string, std::int64_t> custom = {};  // of a node; looked at where cpu_milli is
  /// Nodes of other kinds beside these; gangs are cut to these. Theirs is empty.
  std::vector<ClusterSize> more = {};
};

/// "80x8", "80x8xV100", and several of these joined by commas. Fails with `sim.cluster`.
base::Result<ClusterSize> parse_cluster(std::string_view text);
/// Nodes to add to `like`: as parse_cluster(), and "8xA100", with as many devices as those of
/// `like`. Each device comes with as much CPU and memory as there. Fails with `whatif.add_nodes`.
base::Result<std::vector<ClusterSize>> parse_added(std::string_view text, const ClusterSize& like);
/// All kinds of nodes together.
double devices_of(const ClusterSize& size);
double usd_per_hour_of(const ClusterSize& size);

/// Jobs may name models and custom resources as `trace` numbers them.
Cluster make_cluster(const ClusterSize& size, const Trace& trace = {});

/// Puts jobs of one moment in an order drawn by the seed; 0 leaves the trace's own order.
void shuffle_ties(Trace& trace, std::uint64_t seed);

enum class Prediction {
  kPerfect,  // the true duration
  kLimit,    // what the user asked for; unknown where the trace has no limit
  kGiven,    // what was said at the submission, which may be nothing
  kLastTwo,  // the mean of the user's last two run times, else the limit
};

/// `cluster` is make_cluster(size, trace). On nodes with CPU and memory, jobs whose tasks are known
/// are placed as they were asked for. Of others, and elsewhere, devices count; jobs larger than a
/// node become gangs: as many whole nodes as they fill, and one task of the rest.
Workload make_workload(const Trace& trace, const ClusterSize& size, Cluster& cluster,
                       Prediction prediction);

}  // namespace fulcrum::sched

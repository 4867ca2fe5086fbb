#pragma once
// Traces as one list of rigid jobs. A reader says in its file which rows it leaves out and why.
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sched/core/cluster.h"

namespace fulcrum::sched {

/// What each task of a job asked for, where the trace says more than a number of devices.
struct Task {
  std::uint32_t count = 0;  // a gang of so many; 0: the trace does not say
  std::uint32_t gpus = 0;   // each
  std::uint32_t gpu_milli = 1000;
  std::int64_t cpu_milli = 0;
  std::int64_t memory_bytes = 0;
  std::uint32_t custom = 0;  // Trace::customs
  DeviceClass kind = DeviceClass::kGpu;
};

struct TraceJob {
  std::int64_t line = 0;  // of the file
  double submit_s = 0;    // from the trace's own zero
  double duration_s = 0;  // as it ran
  double limit_s = 0;     // what its user asked for; 0: unknown
  double deadline_s = 0;  // in the trace's time; 0: none
  double priority = 1;    // > 0
  std::uint32_t devices = 1;
  std::uint32_t group = 0;    // Trace::groups
  std::uint32_t user = 0;     // Trace::users
  double predicted_s = 0;     // as said at its submission; 0: nothing was
  std::uint64_t arrival = 0;  // who came first, where submit_s does not say it; 0: it does
  std::uint64_t models = 0;   // bit i: Trace::models[i] may serve it; 0: any
  Task task;
};

/// What a replay takes for granted, since no trace says it.
struct Assumptions {
  bool preemptible = false;       // every job may be stopped and started again
  double checkpoint_every_s = 0;  // 0: a stop loses the whole run
  double min_run_s = 0;
  double restart_s = 0;  // what each start after the first adds
};

/// A quota for the jobs of the group of this name, or a parent of such.
struct TraceQuota {
  std::string name;
  std::string parent;  // empty: a root; else one before it
  double guaranteed_devices = 0;
  double limit_devices = 0;  // 0: none
  bool may_borrow = true;
  double share = 1;
};

/// Further models count as one that no node has.
inline constexpr std::size_t kMostModels = 62;
inline constexpr std::uint64_t kNoNodesModel = std::uint64_t{1} << 63;

struct Trace {
  std::vector<TraceJob> jobs;  // by submit_s, then line
  std::vector<std::string> groups;
  std::vector<std::string> users;
  std::vector<std::string> models;  // of devices, that jobs name; at most kMostModels
  std::vector<std::string> custom_names;
  /// What tasks ask for, each by custom_names; the first asks for nothing. Empty: no job does.
  std::vector<std::vector<std::int64_t>> customs;
  /// Rows left out, by reason: the reader's filters and, when lenient, error codes.
  std::map<std::string, std::size_t> skipped;
  std::uint32_t devices = 0;  // that the trace's machine had; 0: it does not say
  Assumptions assume;
  std::vector<TraceQuota> quotas;  // parents before children
};

struct ReadOptions {
  bool lenient = false;  // malformed rows are counted and left out
};

/// Fails with `file.read`, `trace.header` (a column is missing), `trace.row` (field: file, line and
/// field), `trace.damaged`, `trace.empty` or a code of CsvReader.
using TraceReader = base::Result<Trace> (*)(const std::filesystem::path& path,
                                            const ReadOptions& options);

#define FORMAT(name, summary) \
  base::Result<Trace> read_##name(const std::filesystem::path&, const ReadOptions&);
#include "sched/trace/formats.def"
#undef FORMAT

/// nullptr for an unknown name.
TraceReader find_trace_format(std::string_view name);
std::vector<std::string_view> trace_format_names();

}  // namespace fulcrum::sched

#pragma once
// Traces made up by hand, for tests.
#include "sched/stages/presets.h"
#include "sched/twin/replay.h"
#include "sched/twin/workload.h"

namespace fulcrum::sched {

inline TraceJob job_of(double submit_s, double duration_s, std::uint32_t devices,
                       std::uint32_t group, double priority = 1) {
  TraceJob job;
  job.submit_s = submit_s;
  job.duration_s = duration_s;
  job.limit_s = duration_s;
  job.devices = devices;
  job.group = group;
  job.priority = priority;
  return job;
}

/// Eight devices promised by halves to a and b below a quota of eight; a borrowed all of it for
/// long when b's job, number 2, comes at 1050.
inline Trace borrowed_below_a_full_parent() {
  Trace trace;
  trace.groups = {"a", "b"};
  trace.assume.preemptible = true;
  trace.quotas = {
      {"all", "", 8, 8, true, 1}, {"a", "all", 4, 0, true, 1}, {"b", "all", 4, 0, true, 1}};
  trace.jobs = {job_of(0, 10'000, 4, 0), job_of(0, 10'000, 4, 0), job_of(1050, 100, 4, 1)};
  return trace;
}

inline Replay play(const Trace& trace, const ClusterSize& size, const char* policy,
                   std::vector<Window> windows = {}, Prediction prediction = Prediction::kPerfect) {
  Cluster cluster = make_cluster(size);
  Workload workload = make_workload(trace, size, cluster, prediction);
  workload.windows = std::move(windows);
  BrainOptions options;
  options.policy = *find_policy(policy);
  return replay(cluster, workload, options);
}

}  // namespace fulcrum::sched

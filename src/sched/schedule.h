#pragma once
// The scheduler: a pure function from the cluster as it is to what should start now. The live
// dispatcher and the twin call the same one; the engine commits what still holds.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sched/job.h"
#include "sched/refusal.h"
#include "sched/resources.h"

namespace fulcrum::sched {

/// References into a state; never copied.
struct ClusterView {
  const std::map<std::string, NodeState>& nodes;
  const std::map<std::string, OpenJob>& jobs;
  std::string_view order_policy;  // names in policies.def; unknown ones mean fifo, best_fit
  std::string_view place_policy;
};

/// What changed since the last pass with this cache.
struct Delta {
  /// Something was given back, a node came or changed, or a placement of the last pass was not
  /// committed. When in doubt, true.
  bool capacity_grew = true;
};

/// Demands that no node could meet; may be dropped at any time, the schedule is the same.
struct Cache {
  std::set<std::string> unmet;
};

struct Placement {
  std::string job;
  std::string node;
  Taken taken;
};

struct JobRefusal {
  std::string job;
  Refusal refusal;
};

struct Schedule {
  std::vector<Placement> placements;  // in the order in which they must be committed
  std::vector<JobRefusal> refusals;   // of every other queued or held job
};

/// Order is strict: once a job must wait, nothing behind it takes a node on which it could run.
/// Placements never exceed what is free, together.
Schedule schedule(const ClusterView& view, const Delta& delta, Cache& cache);

}  // namespace fulcrum::sched

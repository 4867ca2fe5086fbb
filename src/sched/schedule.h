#pragma once
// The scheduler: a pure function from the cluster as it is to what should start now. The live
// dispatcher and the twin drive the same core::Brain; the engine commits what still holds.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sched/job.h"
#include "sched/refusal.h"
#include "sched/resources.h"
#include "sched/state.h"

namespace fulcrum::sched {

/// References into a state; never copied.
struct ClusterView {
  const std::map<std::string, NodeState>& nodes;
  const std::map<std::string, OpenJob>& jobs;
  std::string_view order_policy;  // names of stages; unknown ones mean fifo, tightest
  std::string_view place_policy;
  std::string_view backfill = "none";
  std::string_view preempt = "none";
  std::int64_t now_us = 0;  // predictions of running jobs and decayed use count to here
  /// null: what running jobs hold, and no use before.
  const std::map<std::string, OwnerUse>* use = nullptr;
  const std::map<std::string, OwnerUse>* simulated_use = nullptr;
  const Quotas* quotas = nullptr;              // null: none
  const Reservations* reservations = nullptr;  // null: none
  const std::map<std::string, OpenArray>* arrays = nullptr;
};

/// The core's time.
inline double seconds(std::int64_t us) {
  return static_cast<double>(us) / 1e6;
}

ClusterView view_of(const State& state, std::int64_t now_us);

/// What changed since the last pass with this cache.
struct Delta {
  /// The state's own list; null: anything may have changed.
  const ChangeLog* changes = nullptr;
  /// Say of each job that stays why it does. Costs a look at the whole queue.
  bool reasons = true;
};

class Mirror;
/// The cluster as arrays and the queue in order, kept between passes; may be dropped at any time,
/// the schedule is the same.
struct Cache {
  std::shared_ptr<Mirror> mirror;
};

struct Placement {
  std::string job;
  std::string node;
  Taken taken;
  std::vector<TaskPlace> more;  // the other tasks of a gang
};

struct JobRefusal {
  std::string job;
  Refusal refusal;
};

/// A running job that has to make room.
struct Preemption {
  std::string job;
  std::string for_job;  // who gets the room
  PreemptReason reason = PreemptReason::kPriority;
};

struct Schedule {
  std::vector<Placement> placements;    // in the order in which they must be committed
  std::vector<Preemption> preemptions;  // to be asked now; their room is not in `placements`
  std::vector<JobRefusal> refusals;     // of every other job that waits
};

/// Without backfilling, order is strict: once a job must wait, nothing behind it takes a node on
/// which it could run. With it, the first that waits keeps its expected start. Simulated jobs and
/// nodes are a cluster of their own. Placements never exceed what is free, together.
Schedule schedule(const ClusterView& view, const Delta& delta, Cache& cache);

/// Ids of queued jobs, first to go first (as things are: a policy of turns asks anew at each
/// start).
std::vector<std::string> queue_order(const ClusterView& view, bool simulated);

}  // namespace fulcrum::sched

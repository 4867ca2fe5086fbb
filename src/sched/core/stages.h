#pragma once
// The stages of which a policy is composed. A stage is one function in one file of sched/stages and
// one line in stages.def; a preset (presets.def) names one stage of each kind.
#include <cmath>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "sched/core/cluster.h"

namespace fulcrum::sched {

using JobIndex = std::uint32_t;
inline constexpr JobIndex kNoJob = std::numeric_limits<JobIndex>::max();
inline constexpr std::uint32_t kNoQuota = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint64_t kArrivesNow = std::numeric_limits<std::uint64_t>::max();

/// A job as scheduling sees it: `tasks` tasks of one shape and, when `rest_shape` differs from
/// `shape`, one more of that, all started together. Times in seconds.
struct Job {
  ShapeIndex shape = 0;
  ShapeIndex rest_shape = 0;  // of one task more, when has_rest
  std::uint32_t tasks = 1;
  bool has_rest = false;
  bool preemptible = false;             // may be stopped and wait again
  std::uint32_t preemptions = 0;        // times that it was
  std::uint32_t quota = kNoQuota;       // where it counts (core/quota.h)
  std::uint32_t reservation = kNobody;  // may use the windows kept for it (core/window.h)
  std::uint32_t group = 0;              // whose turn it is: owner, project or partition
  double priority = 1;                  // weight of its completion time, > 0
  double submit_s = 0;
  double predicted_s = 0;               // 0: unknown
  double limit_s = 0;                   // 0: none
  double deadline_s = 0;                // 0: none
  double devices = 0;                   // over all tasks; cores where there are none
  double min_run_s = 0;                 // not stopped sooner after a start
  double checkpoint_every_s = 0;        // what a stop loses is what came after the last; 0: all
  double attained_device_s = 0;         // of its earlier starts
  std::uint64_t arrival = kArrivesNow;  // who came first: decides ties of the order
};

/// Of its completion time, in the objective.
inline double weight_of(const Job& job) {
  return job.priority * job.devices;
}

/// What groups hold and held; stages that take turns read it.
struct GroupUse {
  double held_devices = 0;
  double share = 1;             // fair-share weight
  double decayed_device_s = 0;  // half-life kFairShareHalfLife, as of updated_s
  double updated_s = 0;
  Amounts held;                    // of every resource; the Brain counts it
  double dominant_share = 0;       // the largest share of one resource that is held
  std::uint32_t quota = kNoQuota;  // the one below which the group takes its turns
};
inline constexpr double kFairShareHalfLifeS = 7 * 86400.0;

/// What is left of a decayed use after `passed_s` >= 0 in which so many devices were held.
inline double decayed_device_s(double before_device_s, double held_devices, double passed_s) {
  const double rate = std::log(2) / kFairShareHalfLifeS;
  const double kept = std::exp(-rate * passed_s);
  return before_device_s * kept + held_devices * (1 - kept) / rate;
}

/// The group's decayed use as of now; what it holds is taken to be held since updated_s.
inline double decayed_use_s(const GroupUse& use, double now_s) {
  return decayed_device_s(use.decayed_device_s, use.held_devices,
                          std::fmax(0, now_s - use.updated_s));
}

/// Who goes first: smallest key; ties by arrival. `group_key` (null: all are one group) ranks
/// groups before jobs, and is asked anew at every decision.
struct OrderStage {
  std::string_view name;
  std::string_view summary;
  double (*job_key)(const Job& job);
  double (*group_key)(const GroupUse& use, double now_s);
};

struct Choice {
  double rank = 0;  // highest wins, ties go to the smallest index
  DeviceMask devices = 0;
  bool fits = false;
};

/// Expected demand, for stages that look at what a node could still serve.
struct TypicalShape {
  ShapeIndex shape = 0;
  double share = 0;  // of arrivals; they sum to 1
};

/// What a stage works out once for a cluster and its expected demand; null for most.
struct PlaceTables {
  virtual ~PlaceTables() = default;
};

struct PlaceContext {
  const Cluster& cluster;
  const PlaceTables* tables = nullptr;
  std::uint64_t seed = 0;      // of stages that draw
  std::uint64_t decision = 0;  // count of decisions
};

/// Which of the feasible nodes, and which devices of it. `of_node_alone`: the choice depends on the
/// node's state and the shape only, so that it may be kept until the node changes. `prepare` (null:
/// nothing to prepare) runs when all nodes are there, and its tables come with every `choose`.
struct PlaceStage {
  std::string_view name;
  std::string_view summary;
  Choice (*choose)(const PlaceContext& context, NodeIndex node, ShapeIndex shape);
  bool of_node_alone = true;
  std::unique_ptr<PlaceTables> (*prepare)(const Cluster& cluster,
                                          const std::vector<TypicalShape>& typical) = nullptr;
  bool gangs_together = false;  // a gang goes to one rack where one has room
};

class QuotaTree;

struct PreemptContext {
  double now_s = 0;
  const QuotaTree& quotas;
};

/// Who may take the place of whom. The first job that waits asks; core/brain_preempt.cpp says what
/// protects those who run.
struct PreemptStage {
  std::string_view name;
  std::string_view summary;
  /// From when on the waiting job may take the place of one that runs since `started_s`; infinity:
  /// never, as things are.
  double (*may_from_s)(const PreemptContext& context, const Job& waiting, const Job& running,
                       double started_s);
  /// true: the weighted waiting that it saves must exceed the waiting and the lost work that it
  /// causes. false: it is a right.
  bool weighs = true;
};

/// kExact: EASY, but where another order of the first few that wait is proven better, that one.
enum class Backfill { kNone, kEasy, kConservative, kExact };

struct Policy {
  const OrderStage* order = nullptr;
  const PlaceStage* place = nullptr;
  Backfill backfill = Backfill::kNone;
  const PreemptStage* preempt = nullptr;  // nobody is stopped
  /// Expected ends matter to it.
  bool looks_ahead() const { return backfill != Backfill::kNone || preempt != nullptr; }
};

}  // namespace fulcrum::sched

#pragma once
// The scheduler's state as core::Brain sees it: strings become numbers once, and what the ledger
// decided is repeated. Real and simulated jobs are two clusters that never meet.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "sched/core/brain.h"
#include "sched/schedule.h"

namespace fulcrum::sched {

/// One of the two clusters. Single-threaded.
class MirrorSide {
 public:
  /// Everything of the view that is (not) simulated.
  MirrorSide(const ClusterView& view, bool simulated, const Policy& policy);

  void sync_availability(const std::string& node, const ClusterView& view);
  void sync_job(const std::string& job, const ClusterView& view);
  /// Proposes starts; the next call forgets them. `starts` and what they hold stay valid till then.
  const std::vector<JobIndex>& propose(const ClusterView& view);
  void forget_proposal(const ClusterView& view);
  /// Another job comes that the view does not know; for futures, which end with this object.
  JobIndex foresee(const OpenJob& open, const ClusterView& view) {
    return brain_->submit(job_of(open, view));
  }

  const std::string& id(JobIndex job) const { return ids_[job]; }
  const std::string& node_name(NodeIndex node) const { return node_names_[node]; }
  const Brain& brain() const { return *brain_; }
  Brain& brain() { return *brain_; }
  /// Requires a job that is queued or runs.
  JobIndex index(const std::string& job) const { return jobs_.at(job).index; }
  /// Quotas of this side whose budget is used up are not what they were when it was made.
  bool budgets_changed(const ClusterView& view) const;
  /// Which of its quotas has no room for a job that waits, and by how much.
  std::optional<Refusal> over_quota(const std::string& job) const;
  /// Who waits for devices of the same quota and came first; empty: nobody.
  std::string ahead_in_quota(const std::string& job) const;
  /// Most of its jobs have ended: a new one would be smaller.
  bool is_worn() const { return ids_.size() > 4 * jobs_.size() + 65'536; }

 private:
  struct Known {
    JobIndex index = kNoJob;
    JobPhase phase = JobPhase::kHeld;  // kHeld: neither queued nor running
    std::uint32_t attempt = 0;
    std::int64_t held_milli = 0;
  };
  /// Whose turns are taken: an owner's, within the quota where the jobs count.
  struct Group {
    std::string use_key;
    std::uint32_t quota = kNoQuota;
    std::int64_t held_milli = 0;
  };
  void add_nodes(const ClusterView& view);
  void add_quotas(const ClusterView& view);
  void add_windows(const ClusterView& view);
  std::uint16_t model_of(const Node& node);
  Shape shape_of(const Demand& demand) const;
  std::uint64_t data_bits(const std::string& dataset) const;
  Job job_of(const OpenJob& open, const ClusterView& view);
  std::vector<Held> held_by(const OpenJob& open, ShapeIndex shape) const;
  void sync(const OpenJob& open, Known& known, const ClusterView& view);
  bool is_stopped_by_budget(const OpenJob& open, const ClusterView& view) const;
  void stop(Known& known, double now_s);
  std::uint32_t group_of(const std::string& use_key, std::uint32_t quota);
  void set_group(std::uint32_t group, const ClusterView& view);

  bool simulated_;
  std::set<std::string> spent_;  // quotas whose budget is used up
  Cluster cluster_;
  std::unique_ptr<Brain> brain_;
  std::vector<std::string> node_names_;
  std::unordered_map<std::string, NodeIndex> node_index_;
  std::vector<std::vector<std::string>> models_;  // by core's number: all models of such a node
  std::unordered_map<std::string, std::size_t> custom_index_;
  std::map<std::string, std::size_t> data_index_;    // of datasets that lie on some node
  std::map<std::string, std::uint16_t> rack_index_;  // 0: nodes without a label `rack`
  std::unordered_map<std::string, Known> jobs_;
  std::vector<std::string> ids_;  // by JobIndex
  std::unordered_map<std::string, std::uint32_t> group_index_;
  std::vector<Group> groups_;
  std::vector<std::string> quota_names_;  // by the brain's numbers
  std::unordered_map<std::string, std::uint32_t> quota_index_;
  std::unordered_map<std::string, std::uint32_t> reserved_for_;  // project: Job::reservation
};

/// Quotas of one side whose budget is used up.
std::set<std::string> spent_quotas(const ClusterView& view, bool simulated);

class Mirror {
 public:
  Mirror(const ClusterView& view, const ChangeLog* changes);
  /// False: it cannot follow, make a new one.
  bool catch_up(const ClusterView& view, const ChangeLog& changes);
  MirrorSide& side(bool simulated) { return simulated ? simulated_ : real_; }

 private:
  std::string order_, place_, backfill_, preempt_;
  std::uint64_t log_id_ = 0;
  std::uint64_t seen_ = 0;
  MirrorSide real_;
  MirrorSide simulated_;
};

/// The stages behind the names that users set; unknown ones mean fifo, tightest, none.
Policy policy_of(const ClusterView& view);

}  // namespace fulcrum::sched

#pragma once
// The cluster as it is expected to be at a moment to come: what is free now and what running jobs
// give back until then. It moves with starts and ends, and walks from one job's moment to the
// next's, so that a reservation costs what changed and no copy of the cluster.
#include <set>
#include <vector>

#include "sched/core/cluster.h"
#include "sched/core/stages.h"

namespace fulcrum::sched {

/// How many tasks of the shape an empty node would hold at once; never more than it really would.
std::uint32_t room_if_empty(const Cluster& cluster, NodeIndex node, const Shape& shape);

/// Single-threaded. Invariant: free here = free now + what is held by running jobs whose expected
/// end is at most at_s().
class Outlook {
 public:
  /// `held` is what each job holds, by job; it and the cluster outlive this. Nothing runs yet.
  Outlook(const Cluster& now, const std::vector<std::vector<Held>>& held);

  /// After the job took what it holds; `end_s` may be infinity.
  void started(JobIndex job, double end_s);
  /// Of a job that held what it holds when this was made.
  void already_runs(JobIndex job, double end_s) { ends_.insert({end_s, job}); }
  /// Before the job's list of what it holds is emptied.
  void ended(JobIndex job, double end_s, double now_s);
  void end_moved(JobIndex job, double old_end_s, double new_end_s);
  /// The running jobs by expected end.
  const std::set<std::pair<double, JobIndex>>& ends() const { return ends_; }
  /// Nodes went up or down.
  void nodes_changed();
  /// Nodes whose flag is not 0 count as down, all others as they are, until the next call of
  /// either.
  void close(const std::vector<char>& closed);

  /// Goes to the first moment when the job would have room; false when none is known.
  bool aim(const Job& job);
  /// -infinity: now. Valid after aim() said true.
  double at_s() const { return at_s_; }
  /// Would the job aimed at still have room if these, free now, were held then too?
  bool leaves_room(const std::vector<Held>& more);

 private:
  void take(const std::vector<Held>& held);
  void give_back(const std::vector<Held>& held);
  void recount(const std::vector<Held>& held);
  void recount(NodeIndex node);
  void recount_all();
  bool has_room() const;
  bool walk_forward();
  void walk_back();

  const Cluster& now_;
  Cluster then_;
  const std::vector<std::vector<Held>>& held_;
  std::set<std::pair<double, JobIndex>> ends_;
  double at_s_;
  bool may_be_sooner_ = true;
  Job aim_;
  bool aimed_ = false;
  std::vector<std::uint32_t> room_;  // tasks of aim_.shape that fit, by node
  std::vector<char> rest_only_;      // no task fits, the rest does
  std::uint64_t room_total_ = 0;
  std::uint64_t rest_only_total_ = 0;
  bool rest_in_task_ = true;  // where a task has room, the rest has
};

}  // namespace fulcrum::sched

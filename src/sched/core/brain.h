#pragma once
// One cluster, one policy: who starts now. The live dispatcher and the twin drive the same object
// with the same calls. Deterministic: the same calls give the same starts.
#include <set>
#include <vector>

#include "sched/core/placer.h"
#include "sched/core/queue.h"

namespace fulcrum::sched {

struct BrainOptions {
  Policy policy;
  std::vector<TypicalShape> typical;
  std::uint64_t seed = 0;
};

/// Single-threaded.
class Brain {
 public:
  /// The cluster outlives it; others only look at it while the Brain lives, except set_up().
  Brain(Cluster& cluster, BrainOptions options);

  /// Numbers jobs from 0 in the order of these calls, which is the order of arrival. The jobs of
  /// one moment are submitted before the pass at that moment.
  JobIndex submit(const Job& job);
  /// Out of the queue; nothing when it is not there.
  void withdraw(JobIndex job);
  /// A running job gave everything back.
  void end(JobIndex job, double now_s);

  /// Starts whoever may start now, and says who. Valid until the next call.
  const std::vector<JobIndex>& pass(double now_s);

  const Job& job(JobIndex index) const { return jobs_[index]; }
  /// What a running job holds; empty otherwise.
  const std::vector<Held>& held(JobIndex index) const { return held_[index]; }
  std::size_t waiting() const { return queue_.size(); }
  std::size_t running() const { return ends_.size(); }
  std::uint64_t decisions() const { return placer_.decisions(); }
  /// The first job that had to wait in the last pass, or kNoJob.
  JobIndex head() const { return head_; }
  /// When the head is expected to start; infinity when no running job's end is known. Only with
  /// backfilling, and only after a pass in which a job waited.
  double head_start_s() const { return head_start_s_; }

 private:
  struct Reservation;
  void start(JobIndex job, double now_s, std::vector<Held> held);
  bool everywhere(const Job& job) const;
  void close_nodes(const Job& job, std::vector<char>& closed) const;
  void go_on_elsewhere(double now_s, std::vector<char>& blocked);
  void backfill(double now_s);
  bool reserve(double now_s, Reservation& reservation) const;
  GroupUse& group(std::uint32_t index);
  void charge(const Job& job, double now_s, double sign);

  Cluster& cluster_;
  BrainOptions options_;
  Placer placer_;
  Queue queue_;
  std::vector<Job> jobs_;
  std::vector<std::vector<Held>> held_;
  std::vector<GroupUse> groups_;
  std::set<std::pair<double, JobIndex>> ends_;  // running, by predicted end
  std::vector<double> predicted_end_s_;         // by job, while it runs
  std::vector<JobIndex> started_;
  JobIndex head_ = kNoJob;
  double head_start_s_ = 0;
};

}  // namespace fulcrum::sched

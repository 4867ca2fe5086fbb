#pragma once
// What runs and waits in a Brain, as a start for trials: with other run times, other policies,
// jobs that come later. A trial never touches the Brain that it was taken from. Quotas and windows
// are not copied.
#include <memory>
#include <vector>

#include "sched/core/brain.h"

namespace fulcrum::sched {

/// A job that runs, and since when.
struct RunningJob {
  JobIndex job = kNoJob;
  double start_s = 0;
};

/// Who runs, kept by who sees starts and ends.
class RunningJobs {
 public:
  void started(JobIndex job, double now_s);
  /// Or stopped.
  void ended(JobIndex job);
  const std::vector<RunningJob>& list() const { return list_; }

 private:
  std::vector<RunningJob> list_;
  std::vector<std::size_t> place_;  // in the list, by job
};

struct Trial {
  std::unique_ptr<Cluster> cluster;
  std::unique_ptr<Brain> brain;
};

class Present {
 public:
  Present(const Brain& brain, const std::vector<RunningJob>& running);

  /// Jobs that run are numbered first, by the order of the list given, then those that wait, in
  /// order of arrival.
  Trial trial(const Policy& policy) const;
  /// The Brain's number of a job that a trial numbers so; only of jobs that were there.
  JobIndex original(JobIndex job) const { return originals_[job]; }
  const std::vector<RunningJob>& running() const { return running_; }
  std::size_t jobs() const { return originals_.size(); }
  /// Later than that of any job that waits.
  std::uint64_t next_arrival() const { return next_arrival_; }

 private:
  Cluster cluster_;  // nothing runs
  std::vector<RunningJob> running_;
  std::vector<std::vector<Held>> held_;  // by place in running_
  std::vector<JobIndex> originals_;
  std::vector<Job> jobs_;
  std::vector<GroupUse> groups_;
  std::uint64_t next_arrival_ = 0;
};

}  // namespace fulcrum::sched

#pragma once
// What a scheduler remembers of the jobs that came: what they were, when they started, how long
// they ran.
#include "sched/core/stages.h"
#include "sched/twin/run_times.h"

namespace fulcrum::sched {

inline constexpr double kNotYet = std::numeric_limits<double>::infinity();

struct PastJob {
  Job job;
  RunsLike like;
  double start_s = kNotYet;
  double run_s = kNotYet;  // what it took
};

/// Calls come in order of time.
class Memory {
 public:
  explicit Memory(RunLevels levels) : run_times_(std::move(levels)) {}

  RunTimes& run_times() { return run_times_; }
  const RunTimes& run_times() const { return run_times_; }
  /// Numbered from 0.
  std::size_t submitted(const Job& job, const RunsLike& like) {
    jobs_.push_back({job, like, kNotYet, kNotYet});
    return jobs_.size() - 1;
  }
  void started(std::size_t job, double now_s) { jobs_[job].start_s = now_s; }
  /// It waits again.
  void stopped(std::size_t job) { jobs_[job].start_s = kNotYet; }
  void ended(std::size_t job, double run_s) {
    jobs_[job].run_s = run_s;
    run_times_.add(jobs_[job].like, run_s);
  }
  const std::vector<PastJob>& jobs() const { return jobs_; }  // by submission

 private:
  RunTimes run_times_;
  std::vector<PastJob> jobs_;
};

}  // namespace fulcrum::sched

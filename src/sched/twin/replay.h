#pragma once
// The event loop of the twin: submissions and ends in order of time, and a pass of the Brain at
// each moment; who is asked to stop stops at once, and another pass follows. Pure: the same
// workload, policy and seed give the same run.
#include <functional>
#include <vector>

#include "sched/core/brain.h"

namespace fulcrum::sched {

/// Jobs by submission time; `duration_s[i]` is how long jobs[i] runs once started, which the policy
/// does not see.
struct Workload {
  std::vector<Job> jobs;
  std::vector<double> duration_s;
  /// By job, or empty. Where given, a job without a prediction gets at its submission the mean of
  /// its user's last two run times, at most its limit (Tsafrir, Etsion, Feitelson 2007).
  std::vector<std::uint32_t> predict_from_user;
  std::vector<QuotaNode> quotas;  // Job::quota
  std::vector<Window> windows;    // Job::reservation
  double restart_s = 0;           // what each start after the first adds to the run
};

/// A start that did not last, since somebody else took its place.
struct StoppedRun {
  JobIndex job = kNoJob;  // of the workload
  double start_s = 0;
  double stop_s = 0;
  double kept_s = 0;   // of the work, up to its last checkpoint; the rest is done again
  double again_s = 0;  // its next start
};

struct Replay {
  std::vector<double> start_s;  // by job, its first; NaN: no cluster of these nodes could hold it
  std::vector<double> end_s;
  std::uint64_t decisions = 0;
  std::uint64_t passes = 0;
  std::vector<StoppedRun> stopped;  // in order of time
};

/// Sees each start with what it takes, and the Brain after the pass that decided it.
using Watcher =
    std::function<void(const Brain& brain, JobIndex job, const std::vector<Held>& held)>;

/// May change the policy of a running replay. Jobs by the Brain's numbers.
class Governor {
 public:
  virtual ~Governor() = default;
  virtual void started(const Brain& brain, JobIndex job, double now_s) = 0;
  virtual void ended(JobIndex job, double duration_s) = 0;
  /// It waits again, and may start again.
  virtual void stopped(JobIndex job, double now_s) = 0;
  virtual void before_pass(Brain& brain, double now_s) = 0;
};

/// `cluster` is empty before and after. `workload.jobs` is sorted by submit_s. Jobs that could not
/// run on the empty cluster are never submitted.
Replay replay(Cluster& cluster, const Workload& workload, BrainOptions options,
              const Watcher& watcher = {}, Governor* governor = nullptr);

}  // namespace fulcrum::sched

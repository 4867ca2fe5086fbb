#pragma once
// The event loop of the twin: submissions and ends in order of time, one pass of the Brain at each
// moment. Pure: the same workload, policy and seed give the same run.
#include <vector>

#include "sched/core/brain.h"

namespace fulcrum::sched {

/// Jobs by submission time; `duration_s[i]` is how long jobs[i] runs once started, which the policy
/// does not see.
struct Workload {
  std::vector<Job> jobs;
  std::vector<double> duration_s;
};

struct Replay {
  std::vector<double> start_s;  // by job; NaN: it never started
  std::vector<double> end_s;
  std::uint64_t decisions = 0;
  std::uint64_t passes = 0;
};

/// `cluster` is empty before and after. `workload.jobs` is sorted by submit_s.
Replay replay(Cluster& cluster, const Workload& workload, BrainOptions options);

}  // namespace fulcrum::sched

#pragma once
// What would let a waiting job start.
#include <string>
#include <vector>

#include "sched/schedule.h"

namespace fulcrum::sched {

/// What has to happen, as data. `jobs` and `nodes` name at most a few.
struct Unblock {
  // released, jobs_succeed, node_up, node_added, jobs_end, job_starts, now, budget (it begins anew,
  // or somebody raises it), quota_freed (jobs in the quota end), window_ends,
  // array_job_ends (any of those that run)
  std::string when;
  std::vector<std::string> jobs;
  std::vector<std::string> nodes;
  std::uint64_t count = 0;       // of jobs or nodes, all of them
  std::int64_t expected_us = 0;  // jobs_end, budget: when, by what is known of it; 0: not known
};
BOOST_DESCRIBE_STRUCT(Unblock, (), (when, jobs, nodes, count, expected_us))

/// For a job that `refusal` keeps waiting. Running jobs are taken to end in the order of what is
/// known of their durations; a job that would then have room is said to wait for the last of them.
Unblock unblock(const ClusterView& view, const OpenJob& job, const Refusal& refusal);

}  // namespace fulcrum::sched

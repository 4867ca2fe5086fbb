#pragma once
// The digital twin in the words of the pillar: named nodes and jobs through sched/twin's replay,
// which is the Brain that places live jobs. What it says is simulated, and says so.
#include <boost/describe/class.hpp>
#include <string>
#include <vector>

#include "sched/job.h"
#include "sched/resources.h"

namespace fulcrum::sched {

struct TwinJob {
  std::string name;
  std::string job_class = "batch";
  std::string owner = "nobody";
  double priority = 1;
  Demand demand;
  double duration_s = 0;
  double predicted_s = 0;  // what the policy is told; 0: the true duration
  double submit_s = 0;
};

struct TwinJobResult {
  std::string name;
  std::string job_class;
  std::string owner;
  double priority = 1;
  double devices = 0;  // held while it ran
  double submit_s = 0;
  double start_s = 0;
  double end_s = 0;
  double wait_s = 0;  // start - submit
  double jct_s = 0;   // end - submit
  double gpu_hours = 0;
  double cost_usd = 0;        // its share of its node while it ran
  std::string never_started;  // why, when no node can ever run it; times are then 0
};
BOOST_DESCRIBE_STRUCT(TwinJobResult, (),
                      (name, job_class, owner, priority, devices, submit_s, start_s, end_s, wait_s,
                       jct_s, gpu_hours, cost_usd, never_started))

/// Times count from the first submission; the run ends with the last job.
struct TwinRun {
  std::string policy;
  std::string place;
  std::vector<TwinJobResult> jobs;  // as given
  double makespan_s = 0;
  double mean_wait_s = 0;
  double priority_weighted_wait_s = 0;  // Σ priority·wait ÷ Σ priority
  double mean_jct_s = 0;
  double gpu_hours = 0;
  double cost_usd = 0;             // of what jobs held
  double node_cost_usd = 0;        // of all nodes for the whole run, idle or not
  double utilization = 0;          // device time held ÷ device time available
  double weighted_completion = 0;  // Σ priority·devices·end, in device-seconds: the objective
  double lower_bound = 0;          // no schedule can be below (bound.h)
  double gap = 0;                  // weighted_completion ÷ lower_bound - 1
};
BOOST_DESCRIBE_STRUCT(TwinRun, (),
                      (policy, place, jobs, makespan_s, mean_wait_s, priority_weighted_wait_s,
                       mean_jct_s, gpu_hours, cost_usd, node_cost_usd, utilization,
                       weighted_completion, lower_bound, gap))

/// Deterministic. Unknown policy names act as in schedule().
TwinRun run_twin(const std::vector<Node>& nodes, const std::vector<TwinJob>& jobs,
                 const std::string& policy, const std::string& place = "best_fit");

}  // namespace fulcrum::sched

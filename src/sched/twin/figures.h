#pragma once
// What a replay came to. Times in seconds, from the first submission.
#include <boost/describe/class.hpp>
#include <string>
#include <vector>

#include "sched/twin/replay.h"

namespace fulcrum::sched {

/// Percentiles are nearest ranks: the smallest value that at least so many per cent do not exceed.
struct Spread {
  double mean = 0;
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
};
BOOST_DESCRIBE_STRUCT(Spread, (), (mean, p50, p90, p99))

/// Finish-time fairness rho = T_shared / T_ideal (Mahajan et al., Themis, NSDI 2020, section 3.1).
/// T_shared: from submission to end. T_ideal: its run time on a 1/N share of the cluster, N being
/// the number of jobs waiting or running, averaged over its life; a rigid job that asks for more
/// devices than that share would run longer in proportion. At most 1 is fair; larger is worse.
struct Fairness {
  double worst = 0;
  double mean = 0;
};
BOOST_DESCRIBE_STRUCT(Fairness, (), (worst, mean))

struct ReplayFigures {
  std::uint64_t jobs = 0;           // that ran
  std::uint64_t never_started = 0;  // no empty cluster could hold them; in no other figure
  Spread jct_s;                     // end - submit
  Spread wait_s;                    // in the system and not running
  Spread bounded_slowdown;          // max(1, jct / max(run time, 10 s)) (Feitelson 1998)
  double makespan_s = 0;
  double utilization = 0;  // device time held / device time there was, over the makespan
  Fairness finish_time_fairness;
  double cost = 0;                 // sum of priority x devices x completion
  double cost_lower_bound = 0;     // bound.h
  double gap = 0;                  // cost / cost_lower_bound - 1
  double mean_queue = 0;           // jobs waiting, over the makespan
  double money_usd = 0;            // of what jobs held; 0 where no price is known
  double money_available_usd = 0;  // of all nodes over the makespan
  std::uint64_t preemptions = 0;
  std::uint64_t most_preemptions = 0;  // of one job
  double lost_device_s = 0;            // work done again, and restarts
};
BOOST_DESCRIBE_STRUCT(ReplayFigures, (),
                      (jobs, never_started, jct_s, wait_s, bounded_slowdown, makespan_s,
                       utilization, finish_time_fairness, cost, cost_lower_bound, gap, mean_queue,
                       money_usd, money_available_usd, preemptions, most_preemptions,
                       lost_device_s))

struct GroupFigures {
  std::uint64_t jobs = 0;
  Spread wait_s;
  Spread jct_s;
};
BOOST_DESCRIBE_STRUCT(GroupFigures, (), (jobs, wait_s, jct_s))
/// By Job::group; groups without a job that ran come empty.
std::vector<GroupFigures> figures_by_group(const Workload& workload, const Replay& run);

/// `devices`: of the whole cluster; `price_usd_per_hour`: of the whole cluster. O(n log n).
ReplayFigures figures_of(const Workload& workload, const Replay& run, double devices,
                         double price_usd_per_hour = 0);

/// How a run went, at `points` moments equally far apart.
struct Timeline {
  std::vector<double> time_s;
  std::vector<double> waiting;      // jobs
  std::vector<double> running;      // jobs
  std::vector<double> utilization;  // mean since the moment before
};
BOOST_DESCRIBE_STRUCT(Timeline, (), (time_s, waiting, running, utilization))
Timeline timeline_of(const Workload& workload, const Replay& run, double devices,
                     std::size_t points = 400);

Spread spread_of(std::vector<double> values);

}  // namespace fulcrum::sched

#pragma once
// Which running jobs to move so that a waiting one fits.
#include <boost/describe/class.hpp>
#include <string>
#include <vector>

#include "sched/schedule.h"

namespace fulcrum::sched {

struct DefragMove {
  std::string job;
  std::vector<std::string> from;  // nodes
  std::vector<std::string> to;    // a place that it would find there
  double lost_device_s = 0;       // work since its last checkpoint
};
BOOST_DESCRIBE_STRUCT(DefragMove, (), (job, from, to, lost_device_s))

struct DefragAnswer {
  std::string job;
  /// fits: no move is needed. moves: these suffice. none: no way was found with so few.
  std::string answer;
  std::vector<DefragMove> moves;
  std::vector<std::string> nodes;  // where the job would run
  double lost_device_s = 0;
  /// The scheduler itself was asked: with these jobs stopped it starts the waiting one, and `ahead`
  /// is who goes before it where it does not.
  bool would_start = false;
  std::string ahead;
};
BOOST_DESCRIBE_STRUCT(DefragAnswer, (),
                      (job, answer, moves, nodes, lost_device_s, would_start, ahead))

/// Only jobs that are preemptible, take checkpoints, may_move and have run for their min_run_s
/// move. Requires a job that is queued.
DefragAnswer defrag_plan(const ClusterView& view, const OpenJob& job, std::uint32_t most_moves);

}  // namespace fulcrum::sched

#pragma once
// What plots and pages show of a replay beside its figures.
#include <boost/describe/class.hpp>
#include <vector>

#include "sched/twin/replay.h"

namespace fulcrum::sched {

struct RunDetail {
  std::vector<double> part;    // 0.01, 0.02, … 1
  std::vector<double> wait_s;  // so many jobs waited no longer; nearest ranks
  std::vector<double> jct_s;
  /// At the times of the Timeline: the part of all devices that is free, but that a job drawn from
  /// the workload could not use (stages/fragmentation.h). Empty where nodes have no devices of
  /// their own, but are pools of processors.
  std::vector<double> fragmentation;
  double mean_fragmentation = 0;
};
BOOST_DESCRIBE_STRUCT(RunDetail, (), (part, wait_s, jct_s, fragmentation, mean_fragmentation))

/// What each start took, as a Watcher of the replay hears it.
class Holdings {
 public:
  Watcher watcher();
  /// Of the workload's job, by its starts; empty: it never started.
  const std::vector<std::vector<Held>>& of(JobIndex job) const { return held_[job]; }
  explicit Holdings(std::size_t jobs) : held_(jobs) {}

 private:
  std::vector<std::vector<std::vector<Held>>> held_;
};

/// `cluster` is that of the replay, empty again; the same before and after, but for new shapes.
/// `time_s` counts from the first submission.
RunDetail detail_of(Cluster& cluster, const Workload& workload, const Replay& run,
                    const Holdings& holdings, const std::vector<double>& time_s);

}  // namespace fulcrum::sched

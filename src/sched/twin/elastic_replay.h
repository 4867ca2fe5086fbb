#pragma once
// The twin of jobs that change their size: rounds of equal length; at each end of one the resize
// stage says who holds what during the next, and whoever holds something else than before restarts.
// Pure: the same work and stage give the same run.
#include <functional>
#include <memory>
#include <vector>

#include "sched/elastic/stages.h"
#include "sched/elastic/training.h"

namespace fulcrum::sched {

struct ElasticEntry {
  double submit_s = 0;
  double priority = 1;
  std::unique_ptr<Work> work;
};
/// By submit_s.
using ElasticWorkload = std::vector<ElasticEntry>;

struct ElasticOptions {
  std::vector<std::uint32_t> devices;  // by node
  double round_s = 60;
  double restart_s = 30;    // at every new allocation, the first one included
  double interference = 0;  // by which jobs over several nodes slow down where they share a node
};

struct ElasticRun {
  std::vector<double> start_s;  // by job; NaN: it never ran, as what is larger than the cluster
  std::vector<double> end_s;
  std::vector<double> held_device_s;
  std::vector<std::uint32_t> restarts;  // beside its first start
  std::uint64_t rounds = 0;
};

/// Sees each round and what was decided.
using RoundWatcher =
    std::function<void(const ResizeRound& round, const std::vector<Allocation>& decided)>;

/// The workload is used up.
ElasticRun elastic_replay(ElasticWorkload& workload, const ResizeStage& stage,
                          const ElasticOptions& options, const RoundWatcher& watcher = {});

}  // namespace fulcrum::sched

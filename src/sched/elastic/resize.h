#pragma once
// The stage that decides, round by round, how many replicas each job runs and where. Resizing,
// moving and preempting are all a new allocation, and cost the job a restart. Pure: the same rounds
// give the same allocations.
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "sched/core/cluster.h"
#include "sched/elastic/goodput.h"

namespace fulcrum::sched {

struct Part {
  NodeIndex node = 0;
  std::uint32_t replicas = 0;  // one device each
  bool operator==(const Part&) const = default;
};
/// What a job holds, a node at most once. Empty: it does not run.
using Allocation = std::vector<Part>;
inline std::uint32_t replicas_of(const Allocation& allocation) {
  std::uint32_t sum = 0;
  for (const Part& part : allocation) sum += part.replicas;
  return sum;
}

/// What a stage that is told the future may ask; most do not.
class Future {
 public:
  virtual ~Future() = default;
  /// Seconds until the job's end with the batch size it was submitted with, on so many replicas
  /// packed densely.
  virtual double left_s(std::uint32_t replicas) const = 0;
};

/// A job that waits or runs, as a stage sees it.
struct ElasticJob {
  std::uint64_t number = 0;  // by submission; the same in every round
  double age_s = 0;          // since submission
  double attained_device_s = 0;
  double priority = 1;   // > 0
  double restart_s = 0;  // what a new allocation costs
  std::uint32_t restarts = 0;
  std::uint32_t asked = 1;           // replicas that its user asked for
  std::uint32_t least = 1;           // elastic range; rigid jobs: all three the same
  std::uint32_t most = 1;            // for now: a job that never ran large is not tried much larger
  double left_steps = 0;             // initial steps until its last epoch ends; 0: not known
  double batch = 0;                  // > 0: the batch size is fixed
  const Goodput* goodput = nullptr;  // null: nothing was observed yet
  const Future* future = nullptr;    // null: the future is not told
  Allocation held;
};

/// Runs as asked or not at all.
inline bool is_rigid(const ElasticJob& job) {
  return job.least == job.most && job.most == job.asked;
}

struct ResizeRound {
  double now_s = 0;
  double round_s = 60;
  std::vector<std::uint32_t> devices;  // by node, what jobs hold included
  std::vector<ElasticJob> jobs;        // by number
};

/// May remember earlier rounds.
class Resizer {
 public:
  virtual ~Resizer() = default;
  /// By job of the round. No node is given more than it has; a job gets nothing, or from `least`
  /// to `most` replicas.
  virtual std::vector<Allocation> resize(const ResizeRound& round) = 0;
};

struct ResizeStage {
  std::string_view name;
  std::unique_ptr<Resizer> (*make)();
  bool tunes_batch = false;  // jobs choose their batch size with their replicas
};

}  // namespace fulcrum::sched

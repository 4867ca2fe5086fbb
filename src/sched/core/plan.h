#pragma once
// What each node will have free from now on, given the expected ends of what runs and what has been
// reserved: the profile of conservative backfilling, kept by node so that a reservation names its
// nodes and devices.
#include <set>
#include <vector>

#include "sched/core/cluster.h"
#include "sched/core/stages.h"
#include "sched/core/window.h"

namespace fulcrum::sched {

/// Single-threaded; made anew for each pass. Does not know custom resources.
class Plan {
 public:
  /// `ends`: the running jobs by expected end; `held`: what each job holds. All outlive it.
  Plan(const Cluster& cluster, const std::set<std::pair<double, JobIndex>>& ends,
       const std::vector<std::vector<Held>>& held, const Windows& windows, double now_s);

  /// The first moment from which the job has its room for `duration_s`, and where: the first node,
  /// its first devices; not where it would run into a window. False: never, as far as is known.
  /// Shapes have no custom resources.
  bool earliest(const Job& job, double duration_s, double& at_s, std::vector<Held>& where) const;
  void reserve(const std::vector<Held>& where, double from_s, double to_s);

 private:
  struct Moment {
    double at_s;
    FreeNode free;  // until the next moment
  };
  FreeNode least_free(NodeIndex node, double from_s, double to_s) const;
  bool fits(NodeIndex node, const FreeNode& free, const Shape& shape) const;
  bool find_at(const Job& job, double from_s, double to_s, std::vector<Held>& where) const;
  std::size_t split(NodeIndex node, double at_s);

  const Cluster& cluster_;
  const Windows& windows_;
  double now_s_;
  std::vector<std::vector<Moment>> nodes_;
};

}  // namespace fulcrum::sched

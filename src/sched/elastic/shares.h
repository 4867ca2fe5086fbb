#pragma once
// From what each number of replicas is worth to numbers, and from numbers to nodes.
#include <vector>

#include "sched/elastic/resize.h"

namespace fulcrum::sched {

struct ShareOption {
  std::uint32_t replicas = 0;
  double value = 0;
};

/// One option of each job, so that the replicas are at most `devices` and the sum of values is the
/// largest there is (dynamic programming over jobs and devices: values need not be concave; ties go
/// to earlier options). By job: options by increasing replicas, the first with 0. Time: options of
/// all jobs x devices.
std::vector<std::uint32_t> best_shares(const std::vector<std::vector<ShareOption>>& options,
                                       std::uint32_t devices);

/// Places so many replicas of each job of the round; their sum is at most what there is. Who keeps
/// its number stays where it is if it is dense there (on as few nodes as it needs), unless its node
/// is wanted whole: then the nodes with fewest devices in use are vacated. Larger jobs go first, to
/// the emptiest nodes; those that fit on a node go to the one that is left tightest.
std::vector<Allocation> pack(const ResizeRound& round, const std::vector<std::uint32_t>& replicas);

/// Gangs as asked, in this order (places in round.jobs): each that still fits runs; who runs
/// already stays where it is.
std::vector<Allocation> run_in_order(const ResizeRound& round,
                                     const std::vector<std::size_t>& order);

}  // namespace fulcrum::sched

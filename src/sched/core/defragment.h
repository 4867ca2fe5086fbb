#pragma once
// Room for a job that would fit into what is free, were it free in the right places: which few
// running jobs to move where.
#include <optional>
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched {

/// A running job that may be stopped at a checkpoint and started elsewhere.
struct Movable {
  JobIndex job = kNoJob;
  std::vector<Held> held;
  double cost = 0;  // of moving it
};

struct Move {
  JobIndex job = kNoJob;
  std::vector<Held> to;
};

struct DefragPlan {
  std::vector<Move> moves;
  std::vector<Held> room;  // of the job for which it is made
  double cost = 0;
};

/// For each of the job's tasks in turn, the node on which it needs the fewest moves, then the
/// cheapest; every job that leaves a node finds a place on others at once. Nothing when more than
/// `most_moves` would be needed, or this search finds no way (it is greedy: there may be one). The
/// cluster comes back as it was.
std::optional<DefragPlan> make_room(Cluster& cluster, std::vector<Movable> movable, const Job& job,
                                    std::size_t most_moves);

}  // namespace fulcrum::sched

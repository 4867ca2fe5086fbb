#include "sched/core/defragment.h"

#include <algorithm>

namespace fulcrum::sched {

namespace {

class Search {
 public:
  Search(Cluster& cluster, std::vector<Movable>& movable)
      : cluster_(cluster), movable_(movable), moved_(movable.size(), 0) {}

  /// Takes room for one task, with the moves that this needs.
  bool place_task(ShapeIndex shape, std::size_t most_moves) {
    std::optional<Trial> best;
    NodeIndex best_node = kNoNode;
    for (NodeIndex node = 0; node < cluster_.size(); ++node) {
      auto trial = clear(node, shape, most_moves);
      if (!trial) continue;
      undo(*trial);
      if (best &&
          std::pair(best->moves.size(), best->cost) <= std::pair(trial->moves.size(), trial->cost))
        continue;
      best = std::move(trial);
      best_node = node;
    }
    if (!best) return false;
    auto again = clear(best_node, shape, most_moves);
    for (const auto& [which, to] : again->moves) {
      moved_[which] = 1;
      plan_.moves.push_back({movable_[which].job, to});
    }
    plan_.cost += again->cost;
    plan_.room.push_back(again->room);
    return true;
  }

  const DefragPlan& plan() const { return plan_; }

  /// The cluster as it was.
  void leave() {
    for (const Held& held : plan_.room) cluster_.give_back(held);
    for (auto move = plan_.moves.rbegin(); move != plan_.moves.rend(); ++move) {
      for (const Held& held : move->to) cluster_.give_back(held);
      const auto from = std::find_if(movable_.begin(), movable_.end(),
                                     [&](const Movable& one) { return one.job == move->job; });
      for (const Held& held : from->held) cluster_.take(held);
    }
  }

 private:
  struct Trial {
    std::vector<std::pair<std::size_t, std::vector<Held>>> moves;  // which movable, where to
    Held room;
    double cost = 0;
  };

  bool is_on(const Movable& one, NodeIndex node) const {
    return std::any_of(one.held.begin(), one.held.end(),
                       [&](const Held& held) { return held.node == node; });
  }

  /// Makes room on the node and takes it; what leaves goes elsewhere. Nothing is changed when that
  /// is not possible.
  std::optional<Trial> clear(NodeIndex node, ShapeIndex shape, std::size_t most_moves) {
    const Shape& need = cluster_.shape_of(shape);
    if (!cluster_.spec(node).up || !cluster_.fits_ever(node, need)) return std::nullopt;
    std::vector<std::size_t> gone = leave_until_it_fits(node, need);
    const bool fits = cluster_.fits(node, need) && gone.size() <= most_moves;
    if (!fits) {
      for (const std::size_t which : gone)
        for (const Held& held : movable_[which].held) cluster_.take(held);
      return std::nullopt;
    }
    Trial trial;
    trial.room = {node, shape, cluster_.choose_devices(node, need)};
    cluster_.take(trial.room);
    for (std::size_t i = 0; i < gone.size(); ++i) {
      auto to = elsewhere(movable_[gone[i]], node);
      if (to.empty()) {
        for (std::size_t rest = i; rest < gone.size(); ++rest)
          trial.moves.emplace_back(gone[rest], std::vector<Held>());
        undo(trial);
        return std::nullopt;
      }
      trial.cost += movable_[gone[i]].cost;
      trial.moves.emplace_back(gone[i], std::move(to));
    }
    return trial;
  }

  /// The cheapest jobs that have to leave, without those that did not have to.
  std::vector<std::size_t> leave_until_it_fits(NodeIndex node, const Shape& need) {
    std::vector<std::size_t> here;
    for (std::size_t i = 0; i < movable_.size(); ++i)
      if (moved_[i] == 0 && is_on(movable_[i], node)) here.push_back(i);
    std::stable_sort(here.begin(), here.end(), [&](std::size_t a, std::size_t b) {
      return movable_[a].cost < movable_[b].cost;
    });
    std::vector<std::size_t> gone;
    for (const std::size_t which : here) {
      if (cluster_.fits(node, need)) break;
      for (const Held& held : movable_[which].held) cluster_.give_back(held);
      gone.push_back(which);
    }
    for (std::size_t i = gone.size(); i-- > 0;) {  // who need not go, the dearest first
      for (const Held& held : movable_[gone[i]].held) cluster_.take(held);
      if (cluster_.fits(node, need)) {
        gone.erase(gone.begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      }
      for (const Held& held : movable_[gone[i]].held) cluster_.give_back(held);
    }
    return gone;
  }

  /// Takes the tightest places on other nodes; empty: there are none.
  std::vector<Held> elsewhere(const Movable& one, NodeIndex not_here) {
    std::vector<Held> to;
    for (const Held& task : one.held) {
      const Shape& need = cluster_.shape_of(task.shape);
      NodeIndex best = kNoNode;
      for (NodeIndex node = 0; node < cluster_.size(); ++node)
        if (node != not_here && cluster_.fits(node, need) &&
            (best == kNoNode || cluster_.free(node).gpu_milli < cluster_.free(best).gpu_milli))
          best = node;
      if (best == kNoNode) {
        for (const Held& held : to) cluster_.give_back(held);
        return {};
      }
      to.push_back({best, task.shape, cluster_.choose_devices(best, need)});
      cluster_.take(to.back());
    }
    return to;
  }

  void undo(const Trial& trial) {
    cluster_.give_back(trial.room);
    for (const auto& [which, to] : trial.moves)
      for (const Held& held : to) cluster_.give_back(held);
    for (const auto& [which, to] : trial.moves)
      for (const Held& held : movable_[which].held) cluster_.take(held);
  }

  Cluster& cluster_;
  std::vector<Movable>& movable_;
  std::vector<char> moved_;
  DefragPlan plan_;
};

}  // namespace

std::optional<DefragPlan> make_room(Cluster& cluster, std::vector<Movable> movable, const Job& job,
                                    std::size_t most_moves) {
  Search search(cluster, movable);
  const std::uint32_t count = job.tasks + (job.has_rest ? 1 : 0);
  bool found = true;
  for (std::uint32_t task = 0; task < count && found; ++task)
    found = search.place_task(task < job.tasks ? job.shape : job.rest_shape,
                              most_moves - search.plan().moves.size());
  DefragPlan plan = search.plan();
  search.leave();
  if (!found) return std::nullopt;
  return plan;
}

}  // namespace fulcrum::sched

#pragma once
// Finds room for a job's tasks, all or nothing, through one index for each shape.
#include <memory>
#include <vector>

#include "sched/core/place_index.h"

namespace fulcrum::sched {

class Placer {
 public:
  /// The cluster outlives it, and has all its nodes. `typical` and `seed` go to the place stage.
  Placer(Cluster& cluster, const PlaceStage& stage, const std::vector<TypicalShape>& typical = {},
         std::uint64_t seed = 0);

  /// Takes room for every task and says where, or takes nothing and returns false.
  bool place(const Job& job, std::vector<Held>& held);
  /// The same, on nodes whose flag in `closed` is 0.
  bool place_outside(const Job& job, const std::vector<char>& closed, std::vector<Held>& held);
  std::uint64_t decisions() const { return decisions_; }
  /// The same draws again, for a stage that draws.
  void restart_draws() { decisions_ = 0; }

 private:
  PlaceContext context() const { return {cluster_, tables_.get(), seed_, decisions_}; }
  bool room_in_total(const Job& job) const;
  NodeIndex best(ShapeIndex shape, DeviceMask& devices);
  NodeIndex best_outside(ShapeIndex shape, const std::vector<char>& closed, DeviceMask& devices);
  bool place_in_one_rack(const Job& job, const std::vector<char>* closed, std::vector<Held>& held);
  bool place_all(const Job& job, const std::vector<char>* closed, std::vector<Held>& held);
  bool place_with(const Job& job, const std::vector<char>* closed, std::vector<Held>& held);

  Cluster& cluster_;
  const PlaceStage& stage_;
  std::unique_ptr<PlaceTables> tables_;
  std::uint64_t seed_;
  std::uint64_t decisions_ = 0;
  std::vector<std::unique_ptr<PlaceIndex>> indexes_;  // by shape
};

}  // namespace fulcrum::sched

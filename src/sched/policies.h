#pragma once
// The names that users set, and the stages behind them (sched/stages).
#include <optional>
#include <string_view>
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched {

struct PolicyInfo {
  std::string_view name;
  std::string_view stage;  // "order", "place", "backfill", "preempt", "resize", "preset"
  std::string_view summary;
};
const std::vector<PolicyInfo>& policy_list();
/// nullptr for an unknown name. `wspt` is an older name of `smith`.
const OrderStage* find_order(std::string_view name);
const PlaceStage* find_place(std::string_view name);
/// Of those that live jobs may have: conservative backfilling is for replays.
std::optional<Backfill> find_backfill(std::string_view name);

}  // namespace fulcrum::sched

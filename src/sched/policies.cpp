#include "sched/policies.h"

#include "sched/elastic/stages.h"
#include "sched/stages/presets.h"

namespace fulcrum::sched {

const std::vector<PolicyInfo>& policy_list() {
  static const std::vector<PolicyInfo> list = [] {
    std::vector<PolicyInfo> all;
    for (const OrderStage* stage : order_stages())
      all.push_back({stage->name, "order", stage->summary});
    for (const PlaceStage* stage : place_stages())
      all.push_back({stage->name, "place", stage->summary});
    all.push_back({"none", "backfill", "Nobody passes a job that waits for the same nodes"});
    all.push_back({"easy", "backfill",
                   "Whoever does not delay the first that waits may start before it (EASY)"});
    all.push_back({"exact", "backfill",
                   "EASY, the first few in the order that branch and bound proves best"});
    all.push_back({"none", "preempt", "Nobody is stopped for somebody else"});
    for (const PreemptStage* stage : preempt_stages())
      all.push_back({stage->name, "preempt", stage->summary});
    for (const ResizeStage* stage : resize_stage_list())
      all.push_back({stage->name, "resize", resize_summary(stage->name)});
    for (const Preset& preset : presets()) all.push_back({preset.name, "preset", preset.summary});
    return all;
  }();
  return list;
}

const OrderStage* find_order(std::string_view name) {
  return find_order_stage(name == "wspt" ? "smith" : name);
}

const PlaceStage* find_place(std::string_view name) {
  return find_place_stage(name);
}

std::optional<Backfill> find_backfill(std::string_view name) {
  for (const auto backfill : {Backfill::kNone, Backfill::kEasy, Backfill::kExact})
    if (backfill_name(backfill) == name) return backfill;
  return std::nullopt;
}

}  // namespace fulcrum::sched

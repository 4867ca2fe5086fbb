#include "sched/stages/presets.h"

namespace fulcrum::sched {

namespace {

constexpr std::pair<std::string_view, Backfill> kBackfills[] = {
    {"none", Backfill::kNone},
    {"easy", Backfill::kEasy},
    {"conservative", Backfill::kConservative},
    {"exact", Backfill::kExact},
};

}  // namespace

const std::vector<Preset>& presets() {
  static const std::vector<Preset> list{
#define PRESET(name, order, place, backfill, summary) \
  {#name, summary, {&stages::order, &stages::place, Backfill::backfill, nullptr}},
#define PREEMPTIVE(name, order, place, backfill, preempt, summary) \
  {#name, summary, {&stages::order, &stages::place, Backfill::backfill, &stages::preempt}},
#include "sched/stages/presets.def"
#undef PRESET
#undef PREEMPTIVE
  };
  return list;
}

std::string_view backfill_name(Backfill backfill) {
  for (const auto& [name, value] : kBackfills)
    if (value == backfill) return name;
  return {};
}

std::optional<Policy> find_policy(std::string_view name) {
  for (const auto& preset : presets())
    if (preset.name == name) return preset.policy;
  Policy policy{nullptr, &stages::tightest, Backfill::kNone, nullptr};
  bool is_first = true;
  while (true) {
    const std::size_t plus = name.find('+');
    const std::string_view part = name.substr(0, plus);
    bool is_known = false;
    if (is_first) {
      policy.order = find_order_stage(part);
      is_known = policy.order != nullptr;
    } else if (const auto* place = find_place_stage(part)) {
      policy.place = place;
      is_known = true;
    } else if (const auto* preempt = find_preempt_stage(part)) {
      policy.preempt = preempt;
      is_known = true;
    } else {
      for (const auto& [backfill, value] : kBackfills)
        if (backfill == part) {
          policy.backfill = value;
          is_known = true;
        }
    }
    if (!is_known) return std::nullopt;
    if (plus == std::string_view::npos) return policy;
    name.remove_prefix(plus + 1);
    is_first = false;
  }
}

}  // namespace fulcrum::sched

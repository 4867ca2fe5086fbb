#pragma once
// Policies by name: presets.def, and "order+place+backfill" for any other composition.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sched/stages/stages.h"

namespace fulcrum::sched {

struct Preset {
  std::string_view name;
  std::string_view summary;
  Policy policy;
};

const std::vector<Preset>& presets();
/// A preset, or stages joined by '+': an order, then a place stage, a backfill (none, easy,
/// conservative, exact) and a preempt stage where given ("sjf+fgd", "smith+easy",
/// "priority+by_priority"). Nothing where a part is unknown.
std::optional<Policy> find_policy(std::string_view name);
std::string_view backfill_name(Backfill backfill);
inline std::string_view preempt_name(const PreemptStage* preempt) {
  return preempt == nullptr ? "none" : preempt->name;
}

}  // namespace fulcrum::sched

#pragma once
// The stages by name. A file of this folder includes it and defines one of them.
#include <cmath>
#include <string_view>
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched {

namespace stages {
#define ORDER(name, summary) extern const OrderStage name;
#define PLACE(name, summary) extern const PlaceStage name;
#include "sched/stages/stages.def"
#undef ORDER
#undef PLACE

/// The sentence in stages.def.
constexpr std::string_view summary_of(std::string_view stage) {
#define ORDER(name, summary) \
  if (stage == #name) return summary;
#define PLACE(name, summary) \
  if (stage == #name) return summary;
#include "sched/stages/stages.def"
#undef ORDER
#undef PLACE
  return {};
}

/// What is known of a duration: the prediction, else the limit, else infinity.
inline double expected_s(const Job& job) {
  if (job.predicted_s > 0) return job.predicted_s;
  return job.limit_s > 0 ? job.limit_s : INFINITY;
}

/// The group's decayed use as of now (GroupUse::decayed_device_s is as of updated_s).
inline double decayed_use(const GroupUse& use, double now_s) {
  const double rate = std::log(2) / kFairShareHalfLifeS;
  const double kept = std::exp(-rate * std::fmax(0, now_s - use.updated_s));
  return use.decayed_device_s * kept + use.held_devices * (1 - kept) / rate;
}
}  // namespace stages

const std::vector<const OrderStage*>& order_stages();
const std::vector<const PlaceStage*>& place_stages();
/// nullptr for an unknown name.
const OrderStage* find_order_stage(std::string_view name);
const PlaceStage* find_place_stage(std::string_view name);

}  // namespace fulcrum::sched

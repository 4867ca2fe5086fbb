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
#define PREEMPT(name, summary) extern const PreemptStage name;
#include "sched/stages/stages.def"
#undef ORDER
#undef PLACE
#undef PREEMPT

/// The sentence in stages.def.
constexpr std::string_view summary_of(std::string_view stage) {
#define ORDER(name, summary) \
  if (stage == #name) return summary;
#define PLACE(name, summary) \
  if (stage == #name) return summary;
#define PREEMPT(name, summary) \
  if (stage == #name) return summary;
#include "sched/stages/stages.def"
#undef ORDER
#undef PLACE
#undef PREEMPT
  return {};
}

/// What is known of a duration: the prediction, else the limit, else infinity.
inline double expected_s(const Job& job) {
  if (job.predicted_s > 0) return job.predicted_s;
  return job.limit_s > 0 ? job.limit_s : INFINITY;
}
}  // namespace stages

const std::vector<const OrderStage*>& order_stages();
const std::vector<const PlaceStage*>& place_stages();
const std::vector<const PreemptStage*>& preempt_stages();
/// nullptr for an unknown name.
const OrderStage* find_order_stage(std::string_view name);
const PlaceStage* find_place_stage(std::string_view name);
const PreemptStage* find_preempt_stage(std::string_view name);

}  // namespace fulcrum::sched

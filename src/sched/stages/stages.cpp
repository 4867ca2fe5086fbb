#include "sched/stages/stages.h"

#include <algorithm>

namespace fulcrum::sched {

const std::vector<const OrderStage*>& order_stages() {
  static const std::vector<const OrderStage*> list{
#define ORDER(name, summary) &stages::name,
#define PLACE(name, summary)
#define PREEMPT(name, summary)
#include "sched/stages/stages.def"
#undef ORDER
#undef PLACE
#undef PREEMPT
  };
  return list;
}

const std::vector<const PlaceStage*>& place_stages() {
  static const std::vector<const PlaceStage*> list{
#define ORDER(name, summary)
#define PLACE(name, summary) &stages::name,
#define PREEMPT(name, summary)
#include "sched/stages/stages.def"
#undef ORDER
#undef PLACE
#undef PREEMPT
  };
  return list;
}

const std::vector<const PreemptStage*>& preempt_stages() {
  static const std::vector<const PreemptStage*> list{
#define ORDER(name, summary)
#define PLACE(name, summary)
#define PREEMPT(name, summary) &stages::name,
#include "sched/stages/stages.def"
#undef ORDER
#undef PLACE
#undef PREEMPT
  };
  return list;
}

namespace {
template <class Stage>
const Stage* find(const std::vector<const Stage*>& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Stage* stage) { return stage->name == name; });
  return found == list.end() ? nullptr : *found;
}
}  // namespace

const OrderStage* find_order_stage(std::string_view name) {
  return find(order_stages(), name);
}
const PlaceStage* find_place_stage(std::string_view name) {
  return find(place_stages(), name);
}
const PreemptStage* find_preempt_stage(std::string_view name) {
  return find(preempt_stages(), name);
}

}  // namespace fulcrum::sched

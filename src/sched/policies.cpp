#include "sched/policies.h"

namespace fulcrum::sched {

const std::vector<PolicyInfo>& policy_list() {
  static const std::vector<PolicyInfo> list{
#define ORDER(name, summary) {#name, "order", summary},
#define PLACE(name, summary) {#name, "place", summary},
#include "sched/policies.def"
#undef ORDER
#undef PLACE
  };
  return list;
}

Order find_order(std::string_view name) {
#define ORDER(function, summary) \
  if (name == #function) return policies::function;
#define PLACE(function, summary)
#include "sched/policies.def"
#undef ORDER
#undef PLACE
  return nullptr;
}

Place find_place(std::string_view name) {
#define ORDER(function, summary)
#define PLACE(function, summary) \
  if (name == #function) return policies::function;
#include "sched/policies.def"
#undef ORDER
#undef PLACE
  return nullptr;
}

}  // namespace fulcrum::sched

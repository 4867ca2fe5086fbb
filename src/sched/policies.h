#pragma once
// The two stages a policy is composed of: order (who goes first) and place (which of the feasible
// nodes). Adding one is one file and one line in policies.def.
#include <string_view>
#include <vector>

#include "sched/schedule.h"

namespace fulcrum::sched {

/// Sorts queued jobs, first to go first. Deterministic: ends every tie by OpenJob::order.
using Order = void (*)(const ClusterView& view, std::vector<const OpenJob*>& queued);
/// Rank of a node on which the demand fits; the highest wins, ties go to the smallest name.
using Place = double (*)(const NodeState& node, const Demand& demand);

namespace policies {
#define ORDER(name, summary) void name(const ClusterView&, std::vector<const OpenJob*>&);
#define PLACE(name, summary) double name(const NodeState&, const Demand&);
#include "sched/policies.def"
#undef ORDER
#undef PLACE
}  // namespace policies

struct PolicyInfo {
  std::string_view name;
  std::string_view stage;  // "order", "place"
  std::string_view summary;
};
const std::vector<PolicyInfo>& policy_list();
/// nullptr for an unknown name.
Order find_order(std::string_view name);
Place find_place(std::string_view name);

}  // namespace fulcrum::sched

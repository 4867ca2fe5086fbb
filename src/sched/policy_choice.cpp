// Which policy is in use.
#include <fmt/format.h>

#include "base/spelling.h"
#include "sched/decide.h"
#include "sched/policies.h"

namespace fulcrum::sched {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

base::Failure unknown(const std::string& name, std::string_view stage, std::string field) {
  std::vector<std::string_view> valid;
  for (const auto& policy : policy_list())
    if (policy.stage == stage) valid.push_back(policy.name);
  const std::string near = base::nearest(name, valid);
  return base::usage("policy.unknown", fmt::format("no {} policy is called {}", stage, name),
                     std::move(field),
                     near.empty() ? fmt::format("policies: {}", fmt::join(valid, ", "))
                                  : fmt::format("did you mean {}?", near));
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const SetPolicy& command, const Context&) {
  const std::string policy = command.policy.empty() ? state.policy : command.policy;
  const std::string place = command.place.empty() ? state.place : command.place;
  if (find_order(policy) == nullptr) return unknown(policy, "order", "policy");
  if (find_place(place) == nullptr) return unknown(place, "place", "place");
  const std::string backfill = command.backfill.empty() ? state.backfill : command.backfill;
  if (!is_backfill(backfill)) return unknown(backfill, "backfill", "backfill");
  if (policy == state.policy && place == state.place && backfill == state.backfill)
    return NewEvents{};
  return NewEvents{event("policy/scheduler", PolicyChanged{policy, place, backfill})};
}

void evolve(State& state, const PolicyChanged& changed, const EventMeta& meta) {
  state.policy = changed.policy;
  state.place = changed.place;
  if (!changed.backfill.empty()) state.backfill = changed.backfill;
  state.last_us = meta.time_us;
}

namespace {

base::json::object shown(const PolicyInfo& policy, const State& state) {
  const std::string& in_use = policy.stage == "order"   ? state.policy
                              : policy.stage == "place" ? state.place
                                                        : state.backfill;
  const bool is_in_use =
      policy.name == in_use || (policy.stage == "order" && find_order(in_use) != nullptr &&
                                find_order(in_use)->name == policy.name);
  return {{"name", policy.name},
          {"stage", policy.stage},
          {"summary", policy.summary},
          {"in_use", is_in_use}};
}

}  // namespace

base::Result<base::json::value> answer(const State& state, const ListPolicies&,
                                       const ledger::TableReader&) {
  base::json::array policies;
  for (const auto& policy : policy_list()) policies.push_back(shown(policy, state));
  return base::json::object{{"policy", state.policy},
                            {"place", state.place},
                            {"backfill", state.backfill},
                            {"policies", std::move(policies)}};
}

base::Result<base::json::value> answer(const State& state, const ShowPolicy& query,
                                       const ledger::TableReader&) {
  const std::string_view name = query.name == "wspt" ? "smith" : std::string_view(query.name);
  std::vector<std::string_view> valid;
  base::json::array meant;  // one name may be a stage of two kinds
  for (const auto& policy : policy_list()) {
    valid.push_back(policy.name);
    if (policy.name == name) meant.push_back(shown(policy, state));
  }
  if (meant.empty()) {
    const std::string near = base::nearest(query.name, valid);
    return base::usage("policy.unknown", fmt::format("no policy is called {}", query.name), "name",
                       near.empty() ? "`fulcrum policy list` shows them"
                                    : fmt::format("did you mean {}?", near));
  }
  base::json::object answer = meant.front().get_object();
  if (meant.size() > 1) answer["stages"] = std::move(meant);
  return answer;
}

}  // namespace fulcrum::sched

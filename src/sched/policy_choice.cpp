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
  if (policy == state.policy && place == state.place) return NewEvents{};
  return NewEvents{event("policy/scheduler", PolicyChanged{policy, place})};
}

void evolve(State& state, const PolicyChanged& changed, const EventMeta& meta) {
  state.policy = changed.policy;
  state.place = changed.place;
  state.last_us = meta.time_us;
}

base::Result<base::json::value> answer(const State& state, const ListPolicies&,
                                       const ledger::TableReader&) {
  base::json::array policies;
  for (const auto& policy : policy_list())
    policies.push_back(base::json::object{
        {"name", policy.name},
        {"stage", policy.stage},
        {"summary", policy.summary},
        {"in_use", policy.name == (policy.stage == "order" ? state.policy : state.place)}});
  return base::json::object{
      {"policy", state.policy}, {"place", state.place}, {"policies", std::move(policies)}};
}

}  // namespace fulcrum::sched

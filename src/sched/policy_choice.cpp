// Which policy is in use.
#include <fmt/format.h>

#include "base/spelling.h"
#include "sched/decide.h"
#include "sched/elastic/stages.h"
#include "sched/policies.h"
#include "sched/stages/presets.h"

namespace fulcrum::sched {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

base::Failure unknown(const std::string& name, std::string_view stage, std::string field) {
  std::vector<std::string_view> valid;
  for (const auto& policy : policy_list())
    if (policy.stage == stage || (stage == "order" && policy.stage == "preset"))
      valid.push_back(policy.name);
  const std::string near = base::nearest(name, valid);
  return base::usage("policy.unknown", fmt::format("no {} policy is called {}", stage, name),
                     std::move(field),
                     near.empty() ? fmt::format("policies: {}", fmt::join(valid, ", "))
                                  : fmt::format("did you mean {}?", near));
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const SetPolicy& command, const Context&) {
  std::string policy = command.policy.empty() ? state.policy : command.policy;
  std::string place = state.place, backfill = state.backfill, preempt = state.preempt;
  if (find_order(policy) == nullptr) {
    const auto whole = find_policy(policy);
    if (!whole && find_resize_stage(policy) != nullptr)
      return base::refused("policy.replays_only",
                           fmt::format("{} resizes jobs, which only replays do", policy),
                           "`fulcrum sim --format pollux` takes it");
    if (!whole) return unknown(policy, "order", "policy");
    if (!find_backfill(backfill_name(whole->backfill)))
      return base::refused("policy.replays_only",
                           fmt::format("{} is for replays, not for live jobs", policy),
                           "easy is the nearest to it");
    policy = whole->order->name;
    place = whole->place->name;
    backfill = backfill_name(whole->backfill);
    preempt = preempt_name(whole->preempt);
  }
  if (!command.place.empty()) place = command.place;
  if (!command.backfill.empty()) backfill = command.backfill;
  if (!command.preempt.empty()) preempt = command.preempt;
  if (find_place(place) == nullptr) return unknown(place, "place", "place");
  if (!find_backfill(backfill)) return unknown(backfill, "backfill", "backfill");
  if (preempt != "none" && find_preempt_stage(preempt) == nullptr)
    return unknown(preempt, "preempt", "preempt");
  if (policy == state.policy && place == state.place && backfill == state.backfill &&
      preempt == state.preempt)
    return NewEvents{};
  return NewEvents{event("policy/scheduler", PolicyChanged{policy, place, backfill, preempt})};
}

void evolve(State& state, const PolicyChanged& changed, const EventMeta& meta) {
  state.policy = changed.policy;
  state.place = changed.place;
  if (!changed.backfill.empty()) {
    state.backfill = changed.backfill;
  } else if (changed.place == "best_fit") {
    state.place = "tightest";  // what that name meant before there was backfilling
  }
  if (!changed.preempt.empty()) state.preempt = changed.preempt;
  state.last_us = meta.time_us;
}

namespace {

base::json::object shown(const PolicyInfo& policy, const State& state) {
  const OrderStage* order = find_order(state.policy);
  const auto is_all = [&](const Policy& whole) {
    return whole.order == order && whole.place->name == state.place &&
           backfill_name(whole.backfill) == state.backfill &&
           preempt_name(whole.preempt) == state.preempt;
  };
  base::json::object shown{
      {"name", policy.name}, {"stage", policy.stage}, {"summary", policy.summary}};
  if (policy.stage == "order") {
    shown["in_use"] = order != nullptr && order->name == policy.name;
  } else if (policy.stage == "preset") {
    const auto whole = find_policy(policy.name);
    shown["in_use"] = is_all(*whole);
    shown["order"] = whole->order->name;
    shown["place"] = whole->place->name;
    shown["backfill"] = backfill_name(whole->backfill);
    shown["preempt"] = preempt_name(whole->preempt);
  } else if (policy.stage == "resize") {
    shown["in_use"] = policy.name == "none";  // live jobs keep their size
  } else {
    shown["in_use"] = policy.name == (policy.stage == "place"      ? state.place
                                      : policy.stage == "backfill" ? state.backfill
                                                                   : state.preempt);
  }
  return shown;
}

}  // namespace

base::Result<base::json::value> answer(const State& state, const ListPolicies&,
                                       const ledger::TableReader&) {
  base::json::array policies;
  for (const auto& policy : policy_list()) policies.push_back(shown(policy, state));
  return base::json::object{{"policy", state.policy},
                            {"place", state.place},
                            {"backfill", state.backfill},
                            {"preempt", state.preempt},
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
    return base::usage(
        "policy.unknown", fmt::format("no policy is called {}", query.name), "name",
        near.empty() ? "`fulcrum policy list` shows them" : fmt::format("did you mean {}?", near));
  }
  base::json::object answer = meant.front().get_object();
  if (meant.size() > 1) answer["stages"] = std::move(meant);
  return answer;
}

}  // namespace fulcrum::sched

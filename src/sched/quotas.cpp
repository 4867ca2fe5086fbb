// Quotas as owners set them.
#include <fmt/format.h>

#include <cmath>

#include "sched/decide.h"
#include "sched/use.h"

namespace fulcrum::sched {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

constexpr std::int64_t kMostQuotaDevices = 1'000'000'000;

base::Status check_amounts(const QuotaSpec& quota) {
  if (quota.quota.empty()) return base::usage("quota.name", "a quota needs a name", "quota");
  for (const auto& [devices, field] : {std::pair{quota.guaranteed_devices, "guaranteed_devices"},
                                       {quota.limit_devices, "limit_devices"}})
    if (devices < 0 || devices > kMostQuotaDevices)
      return base::usage("quota.amount", "devices are from 0 to a thousand million", field);
  if (!(quota.budget_usd >= 0) || !std::isfinite(quota.budget_usd))
    return base::usage("quota.amount", "an amount cannot be negative", "budget_usd");
  if (!(quota.share > 0) || !std::isfinite(quota.share))
    return base::usage("quota.share", "a share is a number above 0", "share");
  if (quota.limit_devices > 0 && quota.guaranteed_devices > quota.limit_devices)
    return base::usage("quota.over_limit",
                       fmt::format("a guarantee of {} is more than the limit of {}",
                                   quota.guaranteed_devices, quota.limit_devices),
                       "guaranteed_devices");
  return {};
}

base::Status check_place(const Quotas& quotas, const QuotaSpec& quota) {
  if (quota.parent.empty()) return {};
  if (!quotas.contains(quota.parent) && quota.parent != quota.quota)
    return base::usage("quota.parent_unknown", fmt::format("there is no quota {}", quota.parent),
                       "parent", "set the upper one first");
  std::size_t steps = 0;
  for (std::string above = quota.parent; !above.empty() && steps <= quotas.size(); ++steps) {
    if (above == quota.quota)
      return base::usage("quota.cycle", fmt::format("{} would stand above itself", quota.quota),
                         "parent");
    above = quotas.at(above).quota.parent;
  }
  return {};
}

/// What the quotas right below one are promised, were `changed` as it says.
std::int64_t promised_below(const Quotas& quotas, const std::string& parent,
                            const QuotaSpec& changed) {
  std::int64_t sum = changed.parent == parent ? changed.guaranteed_devices : 0;
  for (const auto& [name, state] : quotas)
    if (state.quota.parent == parent && name != changed.quota)
      sum += state.quota.guaranteed_devices;
  return sum;
}

base::Status check_promises(const Quotas& quotas, const QuotaSpec& quota) {
  const auto hold = [&](const QuotaSpec& parent) -> base::Status {
    const std::int64_t below = promised_below(quotas, parent.quota, quota);
    if (parent.guaranteed_devices == 0 || below <= parent.guaranteed_devices) return {};
    return base::refused("quota.over_promised",
                         fmt::format("the quotas below {} would be promised {} devices of its {}",
                                     parent.quota, below, parent.guaranteed_devices),
                         "promise less, or raise the guarantee of the upper one first");
  };
  CHECK_OK(hold(quota));
  if (quota.parent.empty()) return {};
  return hold(quotas.at(quota.parent).quota);
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const QuotaSpec& command, const Context&) {
  CHECK_OK(check_amounts(command));
  CHECK_OK(check_place(state.quotas, command));
  CHECK_OK(check_promises(state.quotas, command));
  const auto found = state.quotas.find(command.quota);
  if (found != state.quotas.end() && found->second.quota == command) return NewEvents{};
  return NewEvents{event("quota/" + command.quota, QuotaSet{command})};
}

base::Result<NewEvents> decide(const State& state, const RemoveQuota& command, const Context&) {
  if (!state.quotas.contains(command.quota))
    return base::not_found("quota.unknown", fmt::format("there is no quota {}", command.quota),
                           "`fulcrum quota list` shows them");
  for (const auto& [name, quota] : state.quotas)
    if (quota.quota.parent == command.quota)
      return base::conflict("quota.has_children",
                            fmt::format("{} stands below {}", name, command.quota),
                            "remove it first, or give it another parent");
  return NewEvents{event("quota/" + command.quota, QuotaRemoved{command.quota})};
}

void evolve(State& state, const QuotaSet& set, const EventMeta& meta) {
  state.quotas[set.quota.quota].quota = set.quota;
  recount_use(state, meta.time_us);
  state.changes.add(ChangeOf::kQuotas, set.quota.quota);
  state.last_us = meta.time_us;
}

void evolve(State& state, const QuotaRemoved& removed, const EventMeta& meta) {
  state.quotas.erase(removed.quota);
  recount_use(state, meta.time_us);
  state.changes.add(ChangeOf::kQuotas, removed.quota);
  state.last_us = meta.time_us;
}

}  // namespace fulcrum::sched

// The tree of quotas as people read it: who is above, what is held, promised and spent.
#include <fmt/format.h>

#include <algorithm>

#include "base/codec.h"
#include "sched/decide.h"

namespace fulcrum::sched {

namespace {

namespace json = base::json;

struct Waiting {
  std::uint64_t jobs[2] = {0, 0};           // real, simulated
  std::uint64_t without_money[2] = {0, 0};  // of them
};

std::map<std::string, Waiting> waiting_in(const State& state, std::int64_t now_us) {
  std::map<std::string, Waiting> found;
  if (state.quotas.empty()) return found;
  for (const auto& [id, job] : state.jobs) {
    if (job.phase == JobPhase::kRunning) continue;
    const bool spent = out_of_money(state.quotas, job.spec, now_us) != nullptr;
    for (const QuotaState* quota : quotas_of(state.quotas, job.spec)) {
      Waiting& here = found[quota->quota.quota];
      ++here.jobs[job.spec.simulated];
      here.without_money[job.spec.simulated] += spent ? 1 : 0;
    }
  }
  return found;
}

json::object shown_use(const QuotaState& state, bool simulated, const Waiting& waiting,
                       std::int64_t now_us) {
  const QuotaUse& use = state.of(simulated);
  const QuotaSpec& quota = state.quota;
  const double held = static_cast<double>(use.held_milli) / kWholeMilli;
  const double spent = spent_usd(use, quota.budget_period, now_us);
  json::object shown{
      {"held_devices", held},
      {"borrowed_devices", std::max(0.0, held - static_cast<double>(quota.guaranteed_devices))},
      {"running_jobs", use.running},
      {"waiting_jobs", waiting.jobs[simulated]},
      {"waiting_for_budget", waiting.without_money[simulated]},
      {"usd_per_hour", use.usd_per_hour},
      {"spent_usd", spent}};
  shown["left_usd"] = quota.budget_usd > 0 ? json::value(std::max(0.0, quota.budget_usd - spent))
                                           : json::value(nullptr);
  return shown;
}

json::object shown(const QuotaState& state, unsigned depth, const Waiting& waiting,
                   std::int64_t now_us) {
  json::object line = base::encode(state.quota).get_object();
  line["depth"] = depth;
  for (auto& [name, value] : shown_use(state, false, waiting, now_us)) line[name] = value;
  const bool any = state.simulated_use.running > 0 || !state.simulated_use.spent_usd.empty() ||
                   waiting.jobs[1] > 0;
  if (any) line["simulated"] = shown_use(state, true, waiting, now_us);
  return line;
}

/// A quota, then those below it.
void list(const State& state, const std::string& parent, unsigned depth, std::int64_t now_us,
          const std::map<std::string, Waiting>& waiting, json::array& lines) {
  for (const auto& [name, quota] : state.quotas) {
    if (quota.quota.parent != parent || lines.size() >= state.quotas.size()) continue;
    const auto here = waiting.find(name);
    lines.push_back(shown(quota, depth, here == waiting.end() ? Waiting{} : here->second, now_us));
    list(state, name, depth + 1, now_us, waiting, lines);
  }
}

}  // namespace

base::Result<json::value> answer(const State& state, const ListQuotas& query,
                                 const ledger::TableReader&) {
  const std::int64_t now_us = std::max(query.now_us, state.last_us);
  json::array lines;
  list(state, "", 0, now_us, waiting_in(state, now_us), lines);
  return json::object{{"now_us", now_us}, {"quotas", std::move(lines)}};
}

base::Result<json::value> answer(const State& state, const ShowQuota& query,
                                 const ledger::TableReader&) {
  const auto found = state.quotas.find(query.quota);
  if (found == state.quotas.end())
    return base::not_found("quota.unknown", fmt::format("there is no quota {}", query.quota),
                           "`fulcrum quota list` shows them");
  const std::int64_t now_us = std::max(query.now_us, state.last_us);
  const auto waiting = waiting_in(state, now_us);
  const auto here = waiting.find(query.quota);
  json::object answer =
      shown(found->second, 0, here == waiting.end() ? Waiting{} : here->second, now_us);
  answer.erase("depth");
  if (found->second.quota.budget_usd > 0 &&
      found->second.quota.budget_period != BudgetPeriod::kTotal) {
    const Period period = period_at(found->second.quota.budget_period, now_us);
    answer["period_from_us"] = period.from_us;
    answer["period_until_us"] = period.until_us;
  }
  answer["now_us"] = now_us;
  json::array below, jobs;
  for (const auto& [name, quota] : state.quotas)
    if (quota.quota.parent == query.quota) below.push_back(json::string(name));
  for (const auto& [id, job] : state.jobs) {
    if (job.phase != JobPhase::kRunning) continue;
    const auto chain = quotas_of(state.quotas, job.spec);
    if (std::find(chain.begin(), chain.end(), &found->second) == chain.end()) continue;
    jobs.push_back(json::object{{"job", id},
                                {"name", job.spec.name},
                                {"owner", job.spec.owner},
                                {"devices", static_cast<double>(job.device_milli) / kWholeMilli},
                                {"usd_per_hour", job.node_price_usd_per_hour},
                                {"simulated", job.spec.simulated}});
  }
  answer["below"] = std::move(below);
  answer["jobs"] = std::move(jobs);
  answer["spent_by_month_usd"] = base::encode(found->second.use.spent_usd);
  return answer;
}

}  // namespace fulcrum::sched

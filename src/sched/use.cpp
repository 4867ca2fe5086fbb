#include "sched/use.h"

#include "sched/core/stages.h"

namespace fulcrum::sched {

namespace {

void decay(OwnerUse& use, std::int64_t now_us) {
  if (now_us <= use.updated_us) return;
  use.decayed_device_s =
      decayed_device_s(use.decayed_device_s, static_cast<double>(use.held_milli) / kWholeMilli,
                       static_cast<double>(now_us - use.updated_us) / 1e6);
  use.updated_us = now_us;
}

OwnerUse& use_of(State& state, const JobSpec& spec) {
  const auto quotas = quotas_of(state.quotas, spec);
  const std::string quota = quotas.empty() ? "" : quotas.front()->quota.quota;
  auto& uses = spec.simulated ? state.simulated_use : state.use;
  OwnerUse& use = uses[use_key(quota, spec.owner)];
  use.quota = quota;
  return use;
}

}  // namespace

void charge_use(State& state, const OpenJob& job, int starts, std::int64_t now_us) {
  OwnerUse& use = use_of(state, job.spec);
  decay(use, now_us);
  use.held_milli += starts * job.device_milli;
  charge_quotas(state.quotas, job.spec, starts, job.device_milli, job.node_price_usd_per_hour,
                now_us);
}

void recount_use(State& state, std::int64_t now_us) {
  for (auto* uses : {&state.use, &state.simulated_use})
    for (auto& [key, use] : *uses) {
      decay(use, now_us);
      use.held_milli = 0;
    }
  for (const auto& [id, job] : state.jobs) {
    if (job.phase != JobPhase::kRunning) continue;
    OwnerUse& use = use_of(state, job.spec);
    decay(use, now_us);
    use.held_milli += job.device_milli;
  }
  recount(state.quotas, state.jobs, now_us);
}

}  // namespace fulcrum::sched

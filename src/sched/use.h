#pragma once
// What owners' jobs hold and held, and what quotas hold and spent: State::use and State::quotas.
#include "sched/state.h"

namespace fulcrum::sched {

/// Counts a job's start (+1) or end (-1).
void charge_use(State& state, const OpenJob& job, int starts, std::int64_t now_us);
/// After the quotas changed: who holds what in which of them. What was used before stays where it
/// was counted, and fades.
void recount_use(State& state, std::int64_t now_us);

}  // namespace fulcrum::sched

// Running jobs that are asked to make room. Who is asked decides the policy, or a person; what may
// not be asked is decided here, whoever asks.
#include <fmt/format.h>

#include "sched/decide.h"

namespace fulcrum::sched {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

base::Status may_ask(const OpenJob& job, const PreemptJob& command, const Context& context) {
  const bool is_service = context.actor.starts_with("service/");
  if (!is_service && job.spec.owner != context.actor && context.role != ledger::Role::kOwner)
    return base::refused("permission.denied",
                         fmt::format("job {} belongs to {}", job.id, job.spec.owner));
  if (!is_service && command.reason != PreemptReason::kOperator)
    return base::usage("job.preempt_reason", "a person's reason is operator", "reason",
                       "the other reasons are the scheduler's");
  if (!(command.grace_s >= 0) || command.grace_s > 86'400)
    return base::usage("job.preempt_grace", "a grace is from 0 to 86400 seconds", "grace_s");
  return {};
}

base::Status can_make_room(const OpenJob& job, std::int64_t now_us) {
  if (job.phase != JobPhase::kRunning)
    return base::conflict("job.not_running", fmt::format("job {} does not run", job.id));
  if (!job.spec.preemptible)
    return base::refused("job.not_preemptible",
                         fmt::format("job {} was submitted as one that is not stopped", job.id),
                         "`fulcrum job cancel` ends it for good");
  if (job.preempt_requested || job.cancel_requested)
    return base::conflict("job.stopping", fmt::format("job {} was asked to stop already", job.id));
  const double ran_s =
      static_cast<double>(std::max<std::int64_t>(0, now_us - job.started_us)) / 1e6;
  if (ran_s < job.spec.min_run_s)
    return base::conflict(
        "job.min_run",
        fmt::format("job {} has run for {:.0f} s and is not stopped before {:g} s", job.id, ran_s,
                    job.spec.min_run_s),
        "ask again later");
  return {};
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const PreemptJob& command,
                               const Context& context) {
  const auto found =
      state.jobs.find(command.job.starts_with("job/") ? command.job.substr(4) : command.job);
  if (found == state.jobs.end())
    return base::not_found("job.not_open",
                           fmt::format("no job {} is waiting or running", command.job),
                           "`fulcrum job show` tells how it ended");
  const OpenJob& job = found->second;
  CHECK_OK(may_ask(job, command, context));
  CHECK_OK(can_make_room(job, context.now_us));
  return NewEvents{event("job/" + job.id, JobPreemptRequested{job.id, command.reason,
                                                              command.for_job, command.grace_s})};
}

void evolve(State& state, const JobPreemptRequested& requested, const EventMeta& meta) {
  state.last_us = meta.time_us;
  const auto found = state.jobs.find(requested.job);
  if (found == state.jobs.end()) return;
  found->second.preempt_requested = true;
  found->second.preempt_requested_us = meta.time_us;
  found->second.preempt_reason = requested.reason;
  found->second.preempt_grace_s = requested.grace_s;
  state.changes.add(ChangeOf::kJob, requested.job);
}

}  // namespace fulcrum::sched

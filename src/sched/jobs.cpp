// Jobs as people see them: submitted, released, cancelled.
#include <fmt/format.h>

#include <cmath>

#include "sched/decide.h"
#include "sched/refusal.h"

namespace fulcrum::sched {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

base::Status check_demand(const Demand& demand) {
  const auto at = [](const char* name) { return std::string("resources.") + name; };
  if (demand.cpu_milli < 0)
    return base::usage("job.amount", "an amount cannot be negative", at("cpu_milli"));
  if (demand.memory_bytes < 0)
    return base::usage("job.amount", "an amount cannot be negative", at("memory_bytes"));
  if (demand.gpu_milli <= 0 || demand.gpu_milli > kWholeMilli)
    return base::usage("job.amount", "a share of a device is from 1 to 1000 thousandths",
                       at("gpu_milli"), "ask for more devices with resources.gpus");
  for (const auto& [name, amount] : demand.custom)
    if (amount < 0)
      return base::usage("job.amount", "an amount cannot be negative", at("custom.") + name);
  return {};
}

base::Status check(const JobSpec& spec) {
  if (spec.name.empty()) return base::usage("job.name", "a job needs a name", "name");
  if (!(spec.priority > 0) || !std::isfinite(spec.priority))
    return base::usage("job.priority", "a priority is a number above 0", "priority");
  if (!(spec.time_limit_s >= 0) || !(spec.predicted_s >= 0))
    return base::usage("job.time", "a time cannot be negative", "time_limit_s");
  if (!spec.simulated && spec.command.empty())
    return base::usage("job.command", "a job needs a command", "command");
  if (spec.simulated && spec.predicted_s <= 0)
    return base::usage("job.predicted", "a simulated job runs for predicted_s: give it",
                       "predicted_s");
  return check_demand(spec.resources);
}

/// A demand that no node could ever meet is refused at once, with the numbers.
base::Status check_can_fit(const State& state, const JobSpec& spec) {
  for (const auto& [name, node] : state.nodes)
    if (node.node.simulated == spec.simulated && fits_ever(node.node, spec.resources)) return {};
  const Refusal refusal = explain(state.nodes, spec.resources, spec.simulated, true);
  return base::refused("job.never_fits",
                       fmt::format("this job can never start: {}", sentence(refusal)),
                       "ask for less, or add a node that has it");
}

base::Result<const OpenJob*> open_job(const State& state, const std::string& job) {
  const auto found = state.jobs.find(job.starts_with("job/") ? job.substr(4) : job);
  if (found != state.jobs.end()) return &found->second;
  return base::not_found("job.not_open", fmt::format("no job {} is waiting or running", job),
                         "`fulcrum job show` tells how it ended");
}

bool is_service(const Context& context) {
  return context.actor.starts_with("service/");
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const JobSpec& command, const Context& context) {
  CHECK_OK(check(command));
  CHECK_OK(check_can_fit(state, command));
  JobSpec spec = command;
  if (spec.owner.empty() || !is_service(context)) spec.owner = context.actor;
  std::string id = context.ids->next(context.now_us);
  return NewEvents{event("job/" + id, JobSubmitted{id, std::move(spec)})};
}

base::Result<NewEvents> decide(const State& state, const ReleaseJob& command, const Context&) {
  TRY(const OpenJob* job, open_job(state, command.job));
  if (job->phase != JobPhase::kHeld) return NewEvents{};
  return NewEvents{event("job/" + job->id, JobReleased{job->id})};
}

base::Result<NewEvents> decide(const State& state, const CancelJob& command,
                               const Context& context) {
  TRY(const OpenJob* job, open_job(state, command.job));
  if (job->spec.owner != context.actor && context.role != ledger::Role::kOwner &&
      !is_service(context))
    return base::refused("permission.denied",
                         fmt::format("job {} belongs to {}", job->id, job->spec.owner));
  if (job->phase != JobPhase::kRunning)
    return NewEvents{event(
        "job/" + job->id,
        JobEnded{
            .job = job->id, .state = JobState::kCancelled, .detail = command.reason, .run = {}})};
  if (job->cancel_requested) return NewEvents{};
  return NewEvents{event("job/" + job->id, JobCancelRequested{job->id, command.reason})};
}

void evolve(State& state, const JobSubmitted& submitted, const EventMeta& meta) {
  OpenJob job;
  job.id = submitted.job;
  job.spec = submitted.spec;
  job.phase = submitted.spec.held ? JobPhase::kHeld : JobPhase::kQueued;
  job.order = meta.seq;
  job.submitted_us = meta.time_us;
  state.jobs[submitted.job] = std::move(job);
  state.last_us = meta.time_us;
}

void evolve(State& state, const JobReleased& released, const EventMeta& meta) {
  if (const auto found = state.jobs.find(released.job); found != state.jobs.end())
    found->second.phase = JobPhase::kQueued;
  state.last_us = meta.time_us;
}

void evolve(State& state, const JobCancelRequested& requested, const EventMeta& meta) {
  if (const auto found = state.jobs.find(requested.job); found != state.jobs.end())
    found->second.cancel_requested = true;
  state.last_us = meta.time_us;
}

}  // namespace fulcrum::sched

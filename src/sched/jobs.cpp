// Jobs as people see them: submitted, released, cancelled.
#include <fmt/format.h>

#include <cmath>

#include "sched/decide.h"
#include "sched/dependencies.h"
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

base::Status check_gang(const JobSpec& spec) {
  if (spec.tasks == 0) return base::usage("job.tasks", "a job has at least one task", "tasks");
  if (spec.tasks > 1 && !spec.simulated)
    return base::refused(
        "job.gang_needs_nodes",
        "jobs run on this machine alone, and a gang of several tasks needs several machines",
        "ask for all devices in one task, or simulate it");
  return {};
}

base::Status check_times(const JobSpec& spec, std::int64_t now_us) {
  const auto wrong = [](double seconds) { return !(seconds >= 0) || !std::isfinite(seconds); };
  for (const auto& [value, field] : {std::pair{spec.time_limit_s, "time_limit_s"},
                                     {spec.predicted_s, "predicted_s"},
                                     {spec.min_run_s, "min_run_s"},
                                     {spec.checkpoint_every_s, "checkpoint_every_s"}})
    if (wrong(value)) return base::usage("job.time", "a time cannot be negative", field);
  if (spec.deadline_us != 0 && spec.deadline_us <= now_us)
    return base::usage("job.deadline", "a deadline lies ahead", "deadline_us");
  return {};
}

base::Status check(const JobSpec& spec) {
  if (spec.name.empty()) return base::usage("job.name", "a job needs a name", "name");
  if (!(spec.priority > 0) || !std::isfinite(spec.priority))
    return base::usage("job.priority", "a priority is a number above 0", "priority");
  if (!spec.simulated && spec.command.empty())
    return base::usage("job.command", "a job needs a command", "command");
  if (spec.simulated && spec.predicted_s <= 0)
    return base::usage("job.predicted", "a simulated job runs for predicted_s: give it",
                       "predicted_s");
  return check_demand(spec.resources);
}

/// A demand that no node could ever meet is refused at once, with the numbers.
base::Status check_can_fit(const State& state, const JobSpec& spec) {
  std::vector<const NodeState*> nodes;
  std::uint32_t room = 0;
  for (const auto& [name, node] : state.nodes) {
    if (node.node.simulated != spec.simulated) continue;
    if (spec.tasks == 1 && fits_ever(node.node, spec.resources)) return {};
    if (spec.tasks > 1) room += room_if_empty(node.node, spec.resources, spec.tasks - room);
    if (spec.tasks > 1 && room >= spec.tasks) return {};
    nodes.push_back(&node);
  }
  const Refusal refusal = explain(nodes, spec.resources, spec.simulated, spec.tasks, true);
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
  CHECK_OK(check_times(command, context.now_us));
  CHECK_OK(check_gang(command));
  CHECK_OK(check_can_fit(state, command));
  JobSpec spec = command;
  for (auto& job : spec.depends_on)
    if (job.starts_with("job/")) job = job.substr(4);
  CHECK_OK(check_dependencies(state, spec));
  if (spec.owner.empty() || !is_service(context)) spec.owner = context.actor;
  std::string id = context.ids->next(context.now_us);
  return NewEvents{event("job/" + id, JobSubmitted{id, std::move(spec)})};
}

base::Result<NewEvents> decide(const State& state, const ReleaseJob& command, const Context&) {
  TRY(const OpenJob* job, open_job(state, command.job));
  if (!job->spec.held || job->phase == JobPhase::kRunning) return NewEvents{};
  return NewEvents{event("job/" + job->id, JobReleased{job->id})};
}

base::Result<NewEvents> decide(const State& state, const CancelJob& command,
                               const Context& context) {
  TRY(const OpenJob* job, open_job(state, command.job));
  if (job->spec.owner != context.actor && context.role != ledger::Role::kOwner &&
      !is_service(context))
    return base::refused("permission.denied",
                         fmt::format("job {} belongs to {}", job->id, job->spec.owner));
  if (job->phase != JobPhase::kRunning) {
    NewEvents events{event(
        "job/" + job->id,
        JobEnded{
            .job = job->id, .state = JobState::kCancelled, .detail = command.reason, .run = {}})};
    cancel_dependents(state, job->id, events);
    return events;
  }
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
  job.waits_for = open_dependencies(state, job.spec);
  if (!job.waits_for.empty()) job.phase = JobPhase::kBlocked;
  add_dependent(state, job);
  state.jobs[submitted.job] = std::move(job);
  state.changes.add(ChangeOf::kJob, submitted.job);
  state.last_us = meta.time_us;
}

void evolve(State& state, const JobReleased& released, const EventMeta& meta) {
  if (const auto found = state.jobs.find(released.job); found != state.jobs.end()) {
    if (found->second.phase == JobPhase::kHeld) found->second.phase = JobPhase::kQueued;
    found->second.spec.held = false;
    state.changes.add(ChangeOf::kJob, released.job);
  }
  state.last_us = meta.time_us;
}

void evolve(State& state, const JobCancelRequested& requested, const EventMeta& meta) {
  if (const auto found = state.jobs.find(requested.job); found != state.jobs.end())
    found->second.cancel_requested = true;
  state.changes.add(ChangeOf::kJob, requested.job);
  state.last_us = meta.time_us;
}

}  // namespace fulcrum::sched

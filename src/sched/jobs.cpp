// Jobs as people see them: submitted, released, cancelled.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sched/arrays.h"
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

std::string without_stream(const std::string& job) {
  return job.starts_with("job/") ? job.substr(4) : job;
}

/// That one, or those of the array.
base::Result<std::vector<const OpenJob*>> open_jobs(const State& state, const std::string& job) {
  const std::string id = without_stream(job);
  const auto found = state.jobs.find(id);
  if (found != state.jobs.end()) return std::vector<const OpenJob*>{&found->second};
  if (auto jobs = jobs_of_array(state, id); !jobs.empty()) return jobs;
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
  if (!command.array.empty()) CHECK_OK(parse_array(command.array));
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
  TRY(const auto jobs, open_jobs(state, command.job));
  const bool waits = std::any_of(jobs.begin(), jobs.end(), [](const OpenJob* job) {
    return job->spec.held && job->phase != JobPhase::kRunning;
  });
  if (!waits) return NewEvents{};
  const std::string id = without_stream(command.job);
  return NewEvents{event("job/" + id, JobReleased{id})};
}

base::Result<NewEvents> decide(const State& state, const CancelJob& command,
                               const Context& context) {
  TRY(const auto jobs, open_jobs(state, command.job));
  NewEvents events;
  std::vector<std::string> ended;
  for (const OpenJob* job : jobs) {
    if (job->spec.owner != context.actor && context.role != ledger::Role::kOwner &&
        !is_service(context))
      return base::refused("permission.denied",
                           fmt::format("job {} belongs to {}", job->id, job->spec.owner));
    if (job->phase != JobPhase::kRunning) {
      ended.push_back(job->id);
      events.push_back(event(
          "job/" + job->id,
          JobEnded{
              .job = job->id, .state = JobState::kCancelled, .detail = command.reason, .run = {}}));
    } else if (!job->cancel_requested) {
      events.push_back(event("job/" + job->id, JobCancelRequested{job->id, command.reason}));
    }
  }
  cancel_dependents(state, std::move(ended), events);
  return events;
}

void evolve(State& state, const JobSubmitted& submitted, const EventMeta& meta) {
  state.last_us = meta.time_us;
  if (!submitted.spec.array.empty()) return open_array(state, submitted, meta);
  OpenJob job;
  job.id = submitted.job;
  job.spec = submitted.spec;
  add_job(state, std::move(job), 0, meta);
}

void evolve(State& state, const JobReleased& released, const EventMeta& meta) {
  state.last_us = meta.time_us;
  const auto jobs = open_jobs(state, released.job);
  if (!jobs) return;
  for (const OpenJob* known : *jobs) {
    OpenJob& job = state.jobs.at(known->id);
    if (job.phase == JobPhase::kHeld) make_ready(state, job);
    job.spec.held = false;
    state.changes.add(ChangeOf::kJob, job.id);
  }
}

void evolve(State& state, const JobCancelRequested& requested, const EventMeta& meta) {
  if (const auto found = state.jobs.find(requested.job); found != state.jobs.end())
    found->second.cancel_requested = true;
  state.changes.add(ChangeOf::kJob, requested.job);
  state.last_us = meta.time_us;
}

}  // namespace fulcrum::sched

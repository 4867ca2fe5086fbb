// Jobs as the dispatcher sees them: started, ended. Nothing is ever given twice: a start that no
// longer holds is refused.
#include <fmt/format.h>

#include <cmath>

#include "sched/arrays.h"
#include "sched/dependencies.h"
#include "sched/use.h"

namespace fulcrum::sched {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

base::Status check_service(const Context& context) {
  if (context.actor.starts_with("service/")) return {};
  return base::refused("job.service_only", "only the dispatcher starts and ends jobs");
}

base::Failure stale(const std::string& why) {
  return base::conflict("job.stale", why);
}

RunFigures figures(const OpenJob& job, const EndJob& end, std::int64_t now_us) {
  const double held_s =
      static_cast<double>(std::max<std::int64_t>(0, now_us - job.started_us)) / 1e6;
  const double devices = static_cast<double>(job.device_milli) / kWholeMilli;
  const double allocated_device_s = held_s * devices;
  return {.attempt = job.attempt,
          .node = job.node,
          .started_us = job.started_us,
          .allocated_device_s = allocated_device_s,
          .useful_device_s = std::min(end.useful_device_s, allocated_device_s),
          .cost_usd = held_s / 3600 * job.node_price_usd_per_hour,
          .cpu_s = end.cpu_s,
          .peak_memory_bytes = end.peak_memory_bytes,
          .isolation = end.isolation};
}

/// Lost while it was being stopped is as good.
bool made_room(const OpenJob& job, JobState state) {
  return job.preempt_requested && !job.cancel_requested &&
         (state == JobState::kPreempted || state == JobState::kLost);
}

/// Back into the queue. What was done since the last checkpoint is lost.
JobRequeued requeued(const OpenJob& job, const EndJob& end, const RunFigures& run,
                     std::int64_t now_us) {
  const double ran_s =
      static_cast<double>(std::max<std::int64_t>(0, now_us - job.started_us)) / 1e6;
  const double every_s = job.spec.checkpoint_every_s;
  const double kept_s = every_s > 0 ? ran_s - std::fmod(ran_s, every_s) : 0;
  JobRequeued event{
      .job = job.id,
      .detail = end.detail,
      .run = run,
      .preempted = made_room(job, end.state),
      .kept_s = job.kept_s + kept_s,
      .lost_device_s = (ran_s - kept_s) * static_cast<double>(job.device_milli) / kWholeMilli};
  // Work that has to be done again was of no use, however busy its devices were.
  event.run.useful_device_s =
      std::min(run.useful_device_s, std::max(0.0, run.allocated_device_s - event.lost_device_s));
  return event;
}

/// May a lost job start again?
bool starts_again(const OpenJob& job, JobState state) {
  if (job.cancel_requested) return false;
  return state == JobState::kLost && job.attempt - job.preemptions <= job.spec.max_retries;
}

/// What the job's end gives back; a job that waits gives nothing.
void release(State& state, OpenJob& job, std::int64_t now_us) {
  state.changes.add(ChangeOf::kJob, job.id);
  if (job.phase != JobPhase::kRunning) return;
  if (const auto node = state.nodes.find(job.node); node != state.nodes.end())
    give_back(node->second, job.taken);
  for (const auto& task : job.more)
    if (const auto node = state.nodes.find(task.node); node != state.nodes.end())
      give_back(node->second, task.taken);
  charge_use(state, job, -1, now_us);
}

/// One task's part of a start, checked against what is free there now.
base::Result<Taken> take_part(const State& state, const JobSpec& spec, const std::string& name,
                              const std::vector<std::uint32_t>& devices, std::int64_t now_us,
                              std::map<std::string, NodeState>& after) {
  const auto known = state.nodes.find(name);
  if (known == state.nodes.end()) return stale("there is no node " + name);
  NodeState& node = after.try_emplace(name, known->second).first->second;
  if (node.availability != Availability::kUp || node.node.simulated != spec.simulated)
    return stale("node " + name + " does not take this job");
  if (const Reservation* kept =
          kept_off(state.reservations, node.node, spec.project, now_us, now_us + 1))
    return base::conflict("job.reserved",
                          fmt::format("node {} is kept for {} now", name,
                                      kept->project.empty() ? kept->reservation : kept->project));
  Taken taken = choose(node, spec.resources);
  const bool cores = node.node.device_kind == DeviceKind::kCore;
  taken.devices = devices;
  if (cores ? devices.size() > spec.resources.gpus : devices.size() != spec.resources.gpus)
    return stale(fmt::format("{} devices for a job of {}", devices.size(), spec.resources.gpus));
  if (!models_allowed(spec.resources, node.node))
    return stale(fmt::format("the devices of {} are not what the job asks for", name));
  for (const auto position : devices)
    if (position >= node.node.devices.size())
      return stale(fmt::format("there is no device {} on {}", position, name));
  CHECK_OK(take(node, taken));
  return taken;
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const StartJob& command,
                               const Context& context) {
  CHECK_OK(check_service(context));
  const auto job = state.jobs.find(command.job);
  if (job == state.jobs.end()) return stale("job " + command.job + " is not open");
  if (job->second.phase != JobPhase::kQueued) return stale("job " + command.job + " is not queued");
  const JobSpec& spec = job->second.spec;
  if (const QuotaState* spent = out_of_money(state.quotas, spec, context.now_us))
    return base::conflict("job.budget", fmt::format("the budget of {} ({} USD) is used up",
                                                    spent->quota.quota, spent->quota.budget_usd));
  if (command.more.size() + 1 != spec.tasks)
    return stale(fmt::format("{} tasks for a job of {}", command.more.size() + 1, spec.tasks));
  std::map<std::string, NodeState> after;
  JobStarted started{.job = command.job,
                     .attempt = job->second.attempt + 1,
                     .node = command.node,
                     .taken = {},
                     .more = {}};
  TRY(started.taken, take_part(state, spec, command.node, command.devices, context.now_us, after));
  for (const auto& task : command.more) {
    TRY(Taken taken, take_part(state, spec, task.node, task.devices, context.now_us, after));
    started.more.push_back({task.node, std::move(taken)});
  }
  const auto count = [&](const std::string& name, const Taken& taken) {
    const Node& node = after.at(name).node;
    started.device_milli += device_milli(node, taken);
    started.price_usd_per_hour += price_usd_per_hour(node, taken);
  };
  count(command.node, started.taken);
  for (const auto& task : started.more) count(task.node, task.taken);
  return NewEvents{event("job/" + command.job, started)};
}

base::Result<NewEvents> decide(const State& state, const EndJob& command, const Context& context) {
  CHECK_OK(check_service(context));
  const auto found = state.jobs.find(command.job);
  if (found == state.jobs.end()) return stale("job " + command.job + " is not open");
  const OpenJob& job = found->second;
  if (job.phase != JobPhase::kRunning || job.attempt != command.attempt)
    return stale(fmt::format("start {} of job {} does not run", command.attempt, command.job));
  const RunFigures run = figures(job, command, context.now_us);
  const std::string stream = "job/" + command.job;
  if (made_room(job, command.state) || starts_again(job, command.state))
    return NewEvents{event(stream, requeued(job, command, run, context.now_us))};
  JobState state_then = command.state;
  if (state_then == JobState::kPreempted)  // asked for both, or for neither
    state_then = job.cancel_requested ? JobState::kCancelled : JobState::kLost;
  NewEvents events{event(stream, JobEnded{.job = command.job,
                                          .state = state_then,
                                          .exit_code = command.exit_code,
                                          .signal = command.signal,
                                          .detail = command.detail,
                                          .run = run})};
  if (command.state != JobState::kSucceeded) cancel_dependents(state, {command.job}, events);
  return events;
}

void evolve(State& state, const JobStarted& started, const EventMeta& meta) {
  state.last_us = meta.time_us;
  const auto job = state.jobs.find(started.job);
  const auto node = state.nodes.find(started.node);
  if (job == state.jobs.end() || node == state.nodes.end()) return;
  if (!take(node->second, started.taken)) return;  // cannot be: decide looked
  for (const auto& task : started.more)
    if (const auto other = state.nodes.find(task.node); other != state.nodes.end())
      (void)take(other->second, task.taken).has_value();
  job->second.phase = JobPhase::kRunning;
  job->second.attempt = started.attempt;
  job->second.node = started.node;
  job->second.taken = started.taken;
  job->second.more = started.more;
  job->second.started_us = meta.time_us;
  job->second.device_milli = started.device_milli;
  job->second.node_price_usd_per_hour = started.price_usd_per_hour;
  charge_use(state, job->second, 1, meta.time_us);
  state.changes.add(ChangeOf::kJob, started.job);
}

void evolve(State& state, const JobRequeued& requeued, const EventMeta& meta) {
  state.last_us = meta.time_us;
  const auto job = state.jobs.find(requeued.job);
  if (job == state.jobs.end()) return;
  release(state, job->second, meta.time_us);
  job->second.phase = JobPhase::kQueued;
  job->second.node.clear();
  job->second.taken = {};
  job->second.more.clear();
  job->second.preempt_requested = false;
  job->second.idle = {};
  job->second.preemptions += requeued.preempted ? 1 : 0;
  job->second.kept_s = requeued.kept_s;
  job->second.attained_device_s += requeued.run.allocated_device_s;
}

void evolve(State& state, const JobEnded& ended, const EventMeta& meta) {
  state.last_us = meta.time_us;
  const auto job = state.jobs.find(ended.job);
  if (job == state.jobs.end()) return;
  release(state, job->second, meta.time_us);
  const OpenJob last = std::move(job->second);
  state.jobs.erase(job);
  const bool succeeded = ended.state == JobState::kSucceeded;
  settle_dependents(state, last, succeeded);
  leave_array(state, last, succeeded);
}

}  // namespace fulcrum::sched

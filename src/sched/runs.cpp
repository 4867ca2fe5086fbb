// Jobs as the dispatcher sees them: started, ended. Nothing is ever given twice: a start that no
// longer holds is refused.
#include <fmt/format.h>

#include "sched/decide.h"

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

/// What the job's end gives back; a job that waits gives nothing.
void release(State& state, OpenJob& job) {
  if (job.phase != JobPhase::kRunning) return;
  if (const auto node = state.nodes.find(job.node); node != state.nodes.end())
    give_back(node->second, job.taken);
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const StartJob& command,
                               const Context& context) {
  CHECK_OK(check_service(context));
  const auto job = state.jobs.find(command.job);
  if (job == state.jobs.end()) return stale("job " + command.job + " is not open");
  if (job->second.phase != JobPhase::kQueued) return stale("job " + command.job + " is not queued");
  const auto node = state.nodes.find(command.node);
  if (node == state.nodes.end()) return stale("there is no node " + command.node);
  const JobSpec& spec = job->second.spec;
  if (node->second.availability != Availability::kUp ||
      node->second.node.simulated != spec.simulated)
    return stale("node " + command.node + " does not take this job");
  Taken taken = choose(node->second, spec.resources);
  taken.devices = command.devices;
  if (taken.devices.size() != spec.resources.gpus)
    return stale(
        fmt::format("{} devices for a job of {}", taken.devices.size(), spec.resources.gpus));
  for (const auto position : taken.devices)
    if (position >= node->second.node.devices.size() ||
        !model_allowed(spec.resources.gpu_model, node->second.node.devices[position].model))
      return stale(
          fmt::format("device {} of {} is not what the job asks for", position, command.node));
  NodeState after = node->second;
  CHECK_OK(take(after, taken));
  const Node& description = node->second.node;
  return NewEvents{event("job/" + command.job,
                         JobStarted{.job = command.job,
                                    .attempt = job->second.attempt + 1,
                                    .node = command.node,
                                    .taken = taken,
                                    .device_milli = device_milli(description, taken),
                                    .price_usd_per_hour = price_usd_per_hour(description, taken)})};
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
  if (command.state == JobState::kLost && job.attempt <= job.spec.max_retries &&
      !job.cancel_requested)
    return NewEvents{event(stream, JobRequeued{command.job, command.detail, run})};
  return NewEvents{event(stream, JobEnded{.job = command.job,
                                          .state = command.state,
                                          .exit_code = command.exit_code,
                                          .signal = command.signal,
                                          .detail = command.detail,
                                          .run = run})};
}

void evolve(State& state, const JobStarted& started, const EventMeta& meta) {
  state.last_us = meta.time_us;
  const auto job = state.jobs.find(started.job);
  const auto node = state.nodes.find(started.node);
  if (job == state.jobs.end() || node == state.nodes.end()) return;
  if (!take(node->second, started.taken)) return;  // cannot be: decide looked
  job->second.phase = JobPhase::kRunning;
  job->second.attempt = started.attempt;
  job->second.node = started.node;
  job->second.taken = started.taken;
  job->second.started_us = meta.time_us;
  job->second.device_milli = started.device_milli;
  job->second.node_price_usd_per_hour = started.price_usd_per_hour;
}

void evolve(State& state, const JobRequeued& requeued, const EventMeta& meta) {
  state.last_us = meta.time_us;
  const auto job = state.jobs.find(requeued.job);
  if (job == state.jobs.end()) return;
  release(state, job->second);
  job->second.phase = JobPhase::kQueued;
  job->second.node.clear();
  job->second.taken = {};
}

void evolve(State& state, const JobEnded& ended, const EventMeta& meta) {
  state.last_us = meta.time_us;
  const auto job = state.jobs.find(ended.job);
  if (job == state.jobs.end()) return;
  release(state, job->second);
  state.jobs.erase(job);
}

}  // namespace fulcrum::sched

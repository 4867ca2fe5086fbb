#include "sched/reclaim.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/codec.h"
#include "sched/decide.h"

namespace fulcrum::sched {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

namespace json = base::json;

constexpr double kLongestS = 366.0 * 86'400;

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

base::Status check_service(const Context& context) {
  if (context.actor.starts_with("service/")) return {};
  return base::refused("job.service_only", "only the dispatcher says how busy a job is");
}

/// The job, if this start of it runs.
base::Result<const OpenJob*> running(const State& state, const std::string& job,
                                     std::uint32_t attempt) {
  const auto found = state.jobs.find(job);
  if (found != state.jobs.end() && found->second.phase == JobPhase::kRunning &&
      found->second.attempt == attempt)
    return &found->second;
  return base::conflict("job.stale", fmt::format("start {} of job {} does not run", attempt, job));
}

}  // namespace

bool is_watched(const Reclaim& policy, const OpenJob& job) {
  return policy.below > 0 && job.phase == JobPhase::kRunning && job.spec.resources.gpus > 0 &&
         !job.preempt_requested && !job.cancel_requested &&
         !holds(policy.except_classes, job.spec.job_class) &&
         !holds(policy.except_projects, job.spec.project);
}

ReclaimAction reclaim_action(const Reclaim& policy, const OpenJob& job) {
  if (job.spec.preemptible) return ReclaimAction::kPreempt;
  return policy.stop_unpreemptible ? ReclaimAction::kCancel : ReclaimAction::kNone;
}

base::Result<NewEvents> decide(const State& state, const Reclaim& command, const Context&) {
  if (!(command.below >= 0 && command.below <= 1))
    return base::usage("reclaim.below", "a use is from 0 to 1", "below");
  for (const auto& [value, field] :
       {std::pair{command.for_s, "for_s"}, {command.grace_s, "grace_s"}})
    if (!(value >= 0 && value <= kLongestS))
      return base::usage("reclaim.time", "a time is from 0 to a year, in seconds", field);
  if (command.for_s < 1)
    return base::usage("reclaim.time", "a mean is over at least a second", "for_s");
  if (state.reclaim == command) return NewEvents{};
  return NewEvents{event("reclaim", ReclaimSet{command})};
}

base::Result<NewEvents> decide(const State& state, const NoticeIdle& command,
                               const Context& context) {
  CHECK_OK(check_service(context));
  TRY(const OpenJob* job, running(state, command.job, command.attempt));
  const Reclaim& policy = state.reclaim;
  if (!is_watched(policy, *job) || command.mean_use >= policy.below) return NewEvents{};
  const ReclaimAction action = reclaim_action(policy, *job);
  const bool is_real = !policy.dry_run && action != ReclaimAction::kNone;
  const bool is_known = job->idle.noticed_us != 0 && (job->idle.deadline_us != 0) == is_real &&
                        job->idle.action == action;
  if (is_known) return NewEvents{};
  JobIdleNoticed noticed{.job = job->id, .notice = {}};
  noticed.notice = {.noticed_us = context.now_us,
                    .mean_use = command.mean_use,
                    .since_us = command.since_us,
                    .deadline_us = 0,
                    .action = action};
  if (is_real)
    noticed.notice.deadline_us = context.now_us + static_cast<std::int64_t>(policy.grace_s * 1e6);
  return NewEvents{event("job/" + job->id, noticed)};
}

base::Result<NewEvents> decide(const State& state, const WithdrawIdle& command,
                               const Context& context) {
  CHECK_OK(check_service(context));
  TRY(const OpenJob* job, running(state, command.job, command.attempt));
  if (job->idle.noticed_us == 0) return NewEvents{};
  return NewEvents{event("job/" + job->id, JobIdleWithdrawn{job->id, command.mean_use})};
}

void evolve(State& state, const ReclaimSet& set, const EventMeta& meta) {
  state.reclaim = set.reclaim;
  state.last_us = meta.time_us;
}

void evolve(State& state, const JobIdleNoticed& noticed, const EventMeta& meta) {
  if (const auto job = state.jobs.find(noticed.job); job != state.jobs.end())
    job->second.idle = noticed.notice;
  state.last_us = meta.time_us;
}

void evolve(State& state, const JobIdleWithdrawn& withdrawn, const EventMeta& meta) {
  if (const auto job = state.jobs.find(withdrawn.job); job != state.jobs.end())
    job->second.idle = {};
  state.last_us = meta.time_us;
}

base::Result<json::value> answer(const State& state, const ShowReclaim&,
                                 const ledger::TableReader&) {
  json::array jobs;
  double devices = 0, usd_per_hour = 0;
  for (const auto& [id, job] : state.jobs) {
    if (job.phase != JobPhase::kRunning || job.idle.noticed_us == 0) continue;
    const double held = static_cast<double>(job.device_milli) / kWholeMilli;
    json::object line{{"job", id},
                      {"name", job.spec.name},
                      {"owner", job.spec.owner},
                      {"project", job.spec.project},
                      {"node", job.node},
                      {"devices", held},
                      {"usd_per_hour", job.node_price_usd_per_hour}};
    const json::value notice = base::encode(job.idle);
    for (const auto& [name, value] : notice.get_object()) line[name] = value;
    jobs.push_back(std::move(line));
    if (job.idle.action == ReclaimAction::kNone) continue;
    devices += held;
    usd_per_hour += job.node_price_usd_per_hour;
  }
  return json::object{{"policy", base::encode(state.reclaim)},
                      {"would_free_devices", devices},
                      {"would_free_usd_per_hour", usd_per_hour},
                      {"jobs", std::move(jobs)}};
}

}  // namespace fulcrum::sched

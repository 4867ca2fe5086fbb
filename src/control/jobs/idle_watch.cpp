#include "control/jobs/idle_watch.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/clock.h"
#include "control/jobs/job_launch.h"
#include "sched/pillar.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

constexpr const char* kActor = "service/dispatcher";

/// What the job's log says.
std::string notice_text(double devices, double for_s, const MeanUse& mean,
                        const sched::IdleNotice& notice) {
  return fmt::format(
      "fulcrum: this job holds {:g} devices and used {:.1f} % of them over {:g} s; it is {} at {} "
      "unless that changes\n",
      devices, 100 * mean.use, for_s,
      notice.action == sched::ReclaimAction::kPreempt ? "stopped, to start again later,"
                                                      : "stopped for good",
      base::iso_time(notice.deadline_us));
}

}  // namespace

std::optional<MeanUse> mean_use(const std::vector<exec::UsageSample>& samples,
                                std::int64_t started_us, std::int64_t for_us, std::int64_t now_us) {
  if (samples.empty() || samples.back().time_us + kStaleUsageUs < now_us) return std::nullopt;
  const std::int64_t to_us = samples.back().time_us, from_us = to_us - for_us;
  if (from_us < started_us) return std::nullopt;
  double busy_us = 0;
  // A sample speaks of the time since the one before it.
  std::int64_t begin_us = started_us;
  for (const auto& sample : samples) {
    const std::int64_t end_us = sample.time_us;
    const std::int64_t inside_us = end_us - std::max(begin_us, from_us);
    if (inside_us > 0) {
      if (!sample.device_busy_known) return std::nullopt;
      busy_us += sample.device_busy * static_cast<double>(inside_us);
    }
    begin_us = std::max(begin_us, end_us);
  }
  return MeanUse{std::clamp(busy_us / static_cast<double>(for_us), 0.0, 1.0), from_us};
}

base::Status IdleWatch::step(std::int64_t now_us) {
  engine_.with_pillar("sched", [&](const ledger::Pillar& pillar) {
    const sched::Reclaim& policy = sched::state_of(pillar).reclaim;
    if (policy == policy_) return;
    policy_ = policy;
    next_us_ = 0;
  });
  if (now_us < next_us_) return {};
  next_us_ = now_us + static_cast<std::int64_t>(std::clamp(policy_.for_s / 10, 1.0, 60.0) * 1e6);
  for (const Watched& job : watched()) CHECK_OK(look(job, now_us));
  return {};
}

std::vector<IdleWatch::Watched> IdleWatch::watched() {
  std::vector<Watched> jobs;
  engine_.with_pillar("sched", [&](const ledger::Pillar& pillar) {
    const sched::State& state = sched::state_of(pillar);
    for (const auto& [id, job] : state.jobs) {
      if (job.phase != sched::JobPhase::kRunning || job.spec.simulated) continue;
      const bool is_watched = sched::is_watched(policy_, job);
      if (!is_watched && job.idle.noticed_us == 0) continue;
      jobs.push_back({id, job.attempt, job.started_us,
                      static_cast<double>(job.device_milli) / sched::kWholeMilli, job.idle,
                      is_watched});
    }
  });
  return jobs;
}

base::Status IdleWatch::look(const Watched& job, std::int64_t now_us) {
  const auto withdraw = [&](double use) {
    return send("job.withdraw_idle",
                {{"job", job.job}, {"attempt", job.attempt}, {"mean_use", use}});
  };
  if (!job.is_watched) return withdraw(job.notice.mean_use);
  const auto for_us = static_cast<std::int64_t>(policy_.for_s * 1e6);
  const auto samples =
      executor_.usage(run_id(job.job, job.attempt), now_us - for_us - kStaleUsageUs);
  if (!samples) return {};
  const auto mean = mean_use(*samples, job.started_us, for_us, now_us);
  if (!mean) return {};
  if (mean->use >= policy_.below)
    return job.notice.noticed_us == 0 ? base::Status{} : withdraw(mean->use);
  if (!policy_.dry_run && job.notice.deadline_us != 0 && job.notice.deadline_us <= now_us)
    return stop(job, *mean);
  return notice(job, *mean);
}

base::Status IdleWatch::notice(const Watched& job, const MeanUse& mean) {
  CHECK_OK(send("job.notice_idle", {{"job", job.job},
                                    {"attempt", job.attempt},
                                    {"mean_use", mean.use},
                                    {"since_us", mean.since_us}}));
  sched::IdleNotice notice;
  engine_.with_pillar("sched", [&](const ledger::Pillar& pillar) {
    const auto& open = sched::state_of(pillar).jobs;
    if (const auto found = open.find(job.job); found != open.end()) notice = found->second.idle;
  });
  if (notice.deadline_us == 0 || notice.noticed_us == job.notice.noticed_us) return {};
  const base::Status told = executor_.note(run_id(job.job, job.attempt),
                                           notice_text(job.devices, policy_.for_s, mean, notice));
  if (!told) spdlog::warn("job {} is not told that it is idle: {}", job.job, told.error().message);
  return {};
}

base::Status IdleWatch::stop(const Watched& job, const MeanUse& mean) {
  if (job.notice.action == sched::ReclaimAction::kPreempt)
    return send("job.preempt", {{"job", job.job}, {"reason", "idle"}});
  return send("job.cancel",
              {{"job", job.job},
               {"reason", fmt::format("idle: used {:.1f} % of its devices", 100 * mean.use)}});
}

/// What the ledger refuses is looked at again next time.
base::Status IdleWatch::send(const std::string& command, json::object body) {
  const auto reply =
      engine_.submit({command, std::move(body), kActor, ledger::Role::kService, {}, KeyOf::kDeed});
  if (!reply && reply.error().kind == base::ErrorKind::kFailed) return base::Failure(reply.error());
  if (!reply) spdlog::debug("{}: {}", command, reply.error().message);
  return {};
}

}  // namespace fulcrum::control

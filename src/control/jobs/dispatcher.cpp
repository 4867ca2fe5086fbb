#include "control/jobs/dispatcher.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <future>
#include <optional>

#include "base/codec.h"
#include "control/jobs/job_launch.h"
#include "control/jobs/usage_chunk.h"
#include "sched/pillar.h"
#include "sched/schedule.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

constexpr const char* kActor = "service/dispatcher";
constexpr std::int64_t kWatchUs =
    200'000;  // how long a watcher blocks before it looks at stopping_

/// An end that is told again after a crash may have been measured anew.
CommandRequest command(std::string name, json::object body, std::string key = {}) {
  return {std::move(name),        std::move(body), kActor,
          ledger::Role::kService, std::move(key),  KeyOf::kDeed};
}

/// One that was asked to make room has done so unless it ends well, or at its time limit.
std::string state_name(const exec::RunStatus& status, bool cancelled, bool preempted) {
  const bool well = status.exit_code == 0 && status.signal == 0;
  if (status.state == exec::RunState::kStopped && !cancelled && preempted)
    return well ? "succeeded" : "preempted";
  switch (status.state) {
    case exec::RunState::kExited:
      return status.exit_code == 0 ? "succeeded" : cancelled ? "cancelled" : "failed";
    case exec::RunState::kSignalled:
      return cancelled ? "cancelled" : "failed";
    case exec::RunState::kTimeLimit:
      return "time_limit";
    case exec::RunState::kStopped:
      return "cancelled";
    default:
      return "lost";
  }
}

/// The ledger said no, and not that it cannot.
bool is_decided(const base::Error& error) {
  return error.kind == base::ErrorKind::kConflict || error.kind == base::ErrorKind::kRefused ||
         error.kind == base::ErrorKind::kNotFound;
}

json::array positions(const sched::Taken& taken) {
  json::array list;
  for (const auto position : taken.devices) list.push_back(position);
  return list;
}

}  // namespace

/// A start that was handed to an executor.
struct Dispatcher::Tracked {
  std::uint32_t attempt = 0;
  bool simulated = false;
  bool cores = false;       // devices are cores
  double device_count = 0;  // held, in whole devices
  bool cancel_requested = false;
  bool preempt_requested = false;
};

/// A start that ended, and the ledger's word on it.
struct Dispatcher::Ending {
  std::string job;
  std::string run;
  bool simulated = false;
  std::vector<exec::UsageSample> samples;
  std::future<base::Result<CommandReply>> reply;
};

std::map<std::string, std::string> default_job_environment() {
  std::map<std::string, std::string> environment{{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  for (const char* name : {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH"})
    if (const char* value = std::getenv(name)) environment[name] = value;
  return environment;
}

Dispatcher::Dispatcher(Engine& engine, exec::Executor& real, exec::Executor& simulated,
                       DispatcherOptions options)
    : engine_(engine),
      real_(real),
      simulated_(simulated),
      options_(std::move(options)),
      idle_watch_(engine, real),
      orphan_watch_(engine, real, options_.orphans) {}

Dispatcher::~Dispatcher() {
  stop();
}

void Dispatcher::note_stop(const sched::OpenJob& job) {
  if (job.cancel_requested || job.preempt_requested)
    to_stop_[job.id] = {job.attempt, job.cancel_requested, job.preempt_requested,
                        job.preempt_grace_s};
}

/// Looks at the jobs that changed since the last look, or at all.
void Dispatcher::look() {
  engine_.with_pillar("sched", [&](const ledger::Pillar& pillar) {
    const sched::State& state = sched::state_of(pillar);
    const sched::ChangeLog& log = state.changes;
    const auto consider = [&](const sched::OpenJob& job) {
      if (job.phase != sched::JobPhase::kRunning) return;
      const auto tracked = tracked_.find(job.id);
      if (tracked == tracked_.end() || tracked->second->attempt != job.attempt)
        untracked_.insert(job.id);
      note_stop(job);
    };
    if (log.id() == log_id_ && log_seen_ >= log.begin()) {
      for (; log_seen_ < log.end(); ++log_seen_)
        if (const auto job = state.jobs.find(log.at(log_seen_).name); job != state.jobs.end())
          consider(job->second);
    } else {
      for (const auto& [id, job] : state.jobs) consider(job);
    }
    log_id_ = log.id();
    log_seen_ = log.end();
  });
}

/// Starts a job that the ledger says runs. The executor knows whether it was started before, so
/// that a crash between job.start and the process neither loses nor doubles it.
base::Status Dispatcher::launch(const std::string& job) {
  auto tracked = std::make_unique<Tracked>();
  std::optional<exec::LaunchSpec> spec;
  engine_.with_pillar("sched", [&](const ledger::Pillar& pillar) {
    const sched::State& state = sched::state_of(pillar);
    const auto open = state.jobs.find(job);
    if (open == state.jobs.end() || open->second.phase != sched::JobPhase::kRunning) return;
    const auto node = state.nodes.find(open->second.node);
    if (node == state.nodes.end()) return;
    spec = launch_spec(open->second, node->second.node, options_.environment, options_.home);
    tracked->attempt = open->second.attempt;
    tracked->simulated = open->second.spec.simulated;
    tracked->cores = node->second.node.device_kind == sched::DeviceKind::kCore;
    tracked->device_count = static_cast<double>(open->second.device_milli) / sched::kWholeMilli;
    note_stop(open->second);
  });
  if (!spec) return {};
  spec->grace_us = options_.grace_us;
  const base::Status started = executor_of(tracked->simulated).start(*spec);
  if (started) {
    tracked_[job] = std::move(tracked);
    return {};
  }
  exec::RunStatus status;
  status.state = exec::RunState::kExited;
  status.exit_code = 127;
  Ending ending = record_end(job, *tracked, status, started.error().message);
  return settle(ending);
}

void Dispatcher::adopt() {
  for (auto job = untracked_.begin(); job != untracked_.end();) {
    const base::Status launched = launch(*job);
    if (!launched) spdlog::warn("job {}: {}", *job, launched.error().message);
    job = launched ? untracked_.erase(job) : std::next(job);
  }
}

void Dispatcher::follow_stops() {
  for (auto asked = to_stop_.begin(); asked != to_stop_.end();) {
    const auto& [job, stop] = *asked;
    const auto tracked = tracked_.find(job);
    bool is_done = tracked == tracked_.end() || tracked->second->attempt != stop.attempt;
    if (!is_done) {
      Tracked& run = *tracked->second;
      run.cancel_requested = run.cancel_requested || stop.cancel;
      run.preempt_requested = run.preempt_requested || stop.preempt;
      const auto grace_us = static_cast<std::int64_t>(stop.grace_s * 1e6);
      is_done = executor_of(run.simulated).stop(run_id(job, run.attempt), grace_us).has_value();
    }
    asked = is_done ? to_stop_.erase(asked) : std::next(asked);
  }
}

std::future<base::Result<CommandReply>> Dispatcher::send(CommandRequest request) {
  auto promise = std::make_shared<std::promise<base::Result<CommandReply>>>();
  auto reply = promise->get_future();
  engine_.submit_async(std::move(request), [promise](base::Result<CommandReply> result) {
    promise->set_value(std::move(result));
  });
  return reply;
}

Dispatcher::Ending Dispatcher::record_end(const std::string& job, const Tracked& tracked,
                                          const exec::RunStatus& status,
                                          const std::string& detail) {
  Ending ending{.job = job,
                .run = run_id(job, tracked.attempt),
                .simulated = tracked.simulated,
                .samples = {},
                .reply = {}};
  if (auto samples = executor_of(tracked.simulated).usage(ending.run))
    ending.samples = std::move(*samples);
  json::object body{
      {"job", job},
      {"attempt", tracked.attempt},
      {"state", state_name(status, tracked.cancel_requested, tracked.preempt_requested)},
      {"exit_code", status.exit_code},
      {"signal", status.signal},
      {"cpu_s", status.cpu_s},
      {"peak_memory_bytes", status.peak_memory_bytes},
      {"useful_device_s",
       useful_device_s(tracked.cores, tracked.device_count, status, ending.samples)},
      {"isolation", status.isolation},
      {"detail", detail}};
  ending.reply = send(command("job.end", std::move(body), "job.end/" + ending.run));
  return ending;
}

base::Status Dispatcher::settle(Ending& ending) {
  const auto reply = ending.reply.get();
  if (!reply && reply.error().code != "job.stale") return base::Failure(reply.error());
  if (options_.objects && !ending.simulated && !ending.samples.empty())
    unsealed_.push_back(std::move(ending));
  return {};
}

/// Telemetry that cannot be kept must not stop jobs, nor make others wait.
void Dispatcher::seal() {
  std::vector<std::future<base::Result<CommandReply>>> replies;
  for (const Ending& ending : unsealed_) {
    auto chunk = seal_usage(*options_.objects, "job/" + ending.job, ending.samples);
    if (!chunk) {
      spdlog::warn("usage of job {} is not kept: {}", ending.job, describe(chunk.error()));
    } else if (*chunk) {
      replies.push_back(
          send(command("samples.seal", std::move(**chunk), "samples.seal/" + ending.run)));
    }
  }
  unsealed_.clear();
  for (auto& sent : replies)
    if (const auto reply = sent.get(); !reply)
      spdlog::warn("usage of a job is not kept: {}", describe(reply.error()));
}

/// All ends that are known now become durable together.
base::Status Dispatcher::record_ends() {
  std::vector<Ending> endings;
  for (const auto& [job, tracked] : tracked_) {
    exec::RunStatus status;
    auto found = executor_of(tracked->simulated).status(run_id(job, tracked->attempt));
    if (found) {
      status = *found;
    } else {
      status.state = exec::RunState::kLost;  // its folder is gone
    }
    if (status.state != exec::RunState::kRunning)
      endings.push_back(record_end(job, *tracked, status, found ? "" : found.error().message));
  }
  base::Status status;
  for (auto& ending : endings) {
    const std::string job = ending.job;
    if (const base::Status settled = settle(ending); !settled)
      status = settled;  // it is told again
    else
      tracked_.erase(job);
  }
  return status;
}

std::future<base::Result<CommandReply>> Dispatcher::ask_for_room(const sched::Preemption& asked) {
  return send(command(
      "job.preempt",
      {{"job", asked.job}, {"reason", base::enum_name(asked.reason)}, {"for_job", asked.for_job}}));
}

base::Status Dispatcher::place() {
  sched::Schedule next;
  engine_.with_pillar("sched", [&](const ledger::Pillar& pillar) {
    const sched::State& state = sched::state_of(pillar);
    next = sched::schedule(sched::view_of(state, options_.clock->now_us()),
                           {.changes = &state.changes, .reasons = false}, cache_);
  });
  std::vector<std::future<base::Result<CommandReply>>> replies, asked;
  for (const auto& preemption : next.preemptions) asked.push_back(ask_for_room(preemption));
  for (const auto& placement : next.placements) {
    json::array more;
    for (const auto& task : placement.more)
      more.push_back(json::object{{"node", task.node}, {"devices", positions(task.taken)}});
    replies.push_back(send(command("job.start", {{"job", placement.job},
                                                 {"node", placement.node},
                                                 {"devices", positions(placement.taken)},
                                                 {"more", std::move(more)}})));
  }
  for (std::size_t i = 0; i < replies.size(); ++i) {
    const auto reply = replies[i].get();
    if (reply) {
      CHECK_OK(launch(next.placements[i].job));
    } else if (reply.error().kind != base::ErrorKind::kConflict) {
      return base::Failure(reply.error());  // a conflict only means that the world moved on
    }
  }
  for (auto& sent : asked)
    if (const auto reply = sent.get(); !reply && !is_decided(reply.error()))
      return base::Failure(reply.error());
  return {};
}

base::Status Dispatcher::step() {
  look();
  adopt();
  follow_stops();
  CHECK_OK(record_ends());
  CHECK_OK(place());
  if (!unsealed_.empty()) seal();
  const std::int64_t now_us = options_.clock->now_us();
  CHECK_OK(idle_watch_.step(now_us));
  return orphan_watch_.step(now_us);
}

base::Result<std::pair<std::string, exec::Executor*>> Dispatcher::newest_start(
    const std::string& job) {
  TRY(const auto shown,
      engine_.query("job.show", json::object{{"job", job}}, kActor, ledger::Role::kService));
  const auto starts = static_cast<std::uint32_t>(base::get_integer(shown, "starts"));
  return std::make_pair(run_id(base::get_string(shown, "job"), starts),
                        &executor_of(base::get_integer(shown, "simulated") != 0));
}

base::Result<std::string> Dispatcher::log(const std::string& job, std::uint64_t offset,
                                          std::uint64_t limit) {
  TRY(const auto start, newest_start(job));
  return start.second->log(start.first, offset, limit);
}

std::string Dispatcher::log_tail(const std::string& job, std::uint64_t limit) {
  auto text = log(job, 0, UINT64_MAX);
  if (!text) return {};
  return text->size() <= limit ? *text : text->substr(text->size() - limit);
}

base::Result<std::vector<exec::UsageSample>> Dispatcher::usage(const std::string& job) {
  TRY(const auto start, newest_start(job));
  return start.second->usage(start.first);
}

void Dispatcher::poke() {
  {
    const std::lock_guard lock(mutex_);
    poked_ = true;
  }
  changed_.notify_all();
}

void Dispatcher::loop() {
  while (!stopping_) {
    if (const base::Status status = step(); !status)
      spdlog::error("dispatcher: {}", base::describe(status.error()));
    bool simulated = false;
    for (const auto& [job, tracked] : tracked_) simulated = simulated || tracked->simulated;
    std::unique_lock lock(mutex_);
    // Simulated jobs end without a word; a second is for whatever else was missed.
    changed_.wait_for(lock, std::chrono::milliseconds(simulated ? 20 : 1000),
                      [&] { return poked_ || stopping_; });
    poked_ = false;
  }
}

base::Status Dispatcher::start() {
  TRY(const auto found, real_.attach());
  (void)found;  // the ledger says which of them are jobs; now their ends wake us
  stopping_ = false;
  threads_.emplace_back([this] { loop(); });
  threads_.emplace_back([this] {
    for (std::uint64_t seen = engine_.store().size(); !stopping_;) {
      const std::uint64_t now = engine_.wait_for_events(seen, kWatchUs);
      if (now != seen) poke();
      seen = now;
    }
  });
  threads_.emplace_back([this] {
    while (!stopping_) {
      real_.wait(1'000'000);
      poke();
    }
  });
  return {};
}

void Dispatcher::stop() {
  if (threads_.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  real_.wake();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace fulcrum::control

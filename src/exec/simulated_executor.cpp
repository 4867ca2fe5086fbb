// The twin of a real executor: jobs are entries in a table, time is the clock's.
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>

#include "exec/executor.h"

namespace fulcrum::exec {

namespace {

struct SimulatedJob {
  LaunchSpec spec;
  std::int64_t started_us = 0;
  std::int64_t duration_us = 0;
  int exit_code = 0;
  std::int64_t stopped_us = 0;  // 0: nobody stopped it
  std::string notes = {};
};

class SimulatedExecutor final : public Executor {
 public:
  explicit SimulatedExecutor(const base::Clock& clock) : clock_(clock) {}

  base::Status start(const LaunchSpec& spec) override {
    if (spec.job_id.empty() || spec.command.empty())
      return base::failed("exec.start", "the job's id or command is empty");
    const std::lock_guard lock(mutex_);
    SimulatedJob job{spec, clock_.now_us(),
                     static_cast<std::int64_t>(variable(spec, "FULCRUM_SIMULATED_S") * 1e6),
                     static_cast<int>(variable(spec, "FULCRUM_SIMULATED_EXIT")), 0};
    jobs_.emplace(spec.job_id, std::move(job));
    poke();
    return {};
  }

  base::Result<RunStatus> status(const std::string& job_id) override {
    const std::lock_guard lock(mutex_);
    TRY(const SimulatedJob* job, find(job_id));
    return status_of(*job);
  }

  base::Status stop(const std::string& job_id, std::int64_t) override {
    const std::lock_guard lock(mutex_);
    TRY(SimulatedJob * job, find(job_id));
    if (status_of(*job).state == RunState::kRunning) job->stopped_us = clock_.now_us();
    poke();
    return {};
  }

  base::Result<std::vector<std::string>> attach() override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> jobs;
    for (const auto& [id, job] : jobs_) jobs.push_back(id);
    return jobs;
  }

  base::Status forget(const std::string& job_id) override {
    const std::lock_guard lock(mutex_);
    TRY(const SimulatedJob* job, find(job_id));
    if (status_of(*job).state == RunState::kRunning)
      return base::conflict("exec.running", "job " + job_id + " still runs");
    jobs_.erase(job_id);
    return {};
  }

  base::Result<std::string> log(const std::string& job_id, std::uint64_t offset,
                                std::uint64_t limit) override {
    const std::lock_guard lock(mutex_);
    TRY(const SimulatedJob* job, find(job_id));
    const std::string text =
        fmt::format("simulated: {}\n{}", fmt::join(job->spec.command, " "), job->notes);
    return offset >= text.size() ? std::string() : text.substr(offset, limit);
  }

  base::Status note(const std::string& job_id, const std::string& line) override {
    const std::lock_guard lock(mutex_);
    TRY(SimulatedJob * job, find(job_id));
    job->notes += line;
    return {};
  }

  base::Result<std::vector<Living>> living() override {
    const std::lock_guard lock(mutex_);
    std::vector<Living> list;
    for (const auto& [id, job] : jobs_)
      if (status_of(job).state == RunState::kRunning) list.push_back({id, 1, job.spec.devices});
    return list;
  }

  base::Result<std::vector<UsageSample>> usage(const std::string& job_id, std::int64_t) override {
    const std::lock_guard lock(mutex_);
    TRY(const SimulatedJob* job, find(job_id));
    const RunStatus now = status_of(*job);
    if (now.ended_us == 0) return std::vector<UsageSample>{};
    return std::vector<UsageSample>{{now.ended_us, 1.0, 0, 1.0, true}};
  }

  void wait(std::int64_t timeout_us) override {
    // A virtual clock says nothing when it moves, so a wait is short; it may return early.
    const auto pause = std::chrono::microseconds(std::clamp<std::int64_t>(timeout_us, 0, 5000));
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, pause, [&] { return pokes_ > 0; });
    pokes_ = 0;
  }

  void wake() override {
    const std::lock_guard lock(mutex_);
    poke();
  }

 private:
  static double variable(const LaunchSpec& spec, const std::string& name) {
    const auto found = spec.environment.find(name);
    return found == spec.environment.end() ? 0 : std::strtod(found->second.c_str(), nullptr);
  }

  base::Result<SimulatedJob*> find(const std::string& job_id) {
    const auto found = jobs_.find(job_id);
    if (found == jobs_.end())
      return base::not_found("exec.unknown", "no job " + job_id + " was started here");
    return &found->second;
  }

  RunStatus status_of(const SimulatedJob& job) const {
    RunStatus now;
    now.started_us = job.started_us;
    now.isolation = "simulated";
    const std::int64_t limit_us = job.spec.time_limit_us;
    const bool over = limit_us > 0 && limit_us < job.duration_us;
    const std::int64_t end_us = job.started_us + (over ? limit_us : job.duration_us);
    if (job.stopped_us != 0) {
      now.state = RunState::kStopped;
      now.signal = SIGTERM;
      now.ended_us = job.stopped_us;
    } else if (clock_.now_us() >= end_us) {
      now.state = over ? RunState::kTimeLimit : RunState::kExited;
      now.exit_code = over ? 0 : job.exit_code;
      now.ended_us = end_us;
    }
    if (now.ended_us != 0) now.cpu_s = static_cast<double>(now.ended_us - now.started_us) / 1e6;
    return now;
  }

  void poke() {
    ++pokes_;
    changed_.notify_all();
  }

  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, SimulatedJob> jobs_;
  int pokes_ = 0;
};

}  // namespace

std::unique_ptr<Executor> open_simulated_executor(const base::Clock& clock) {
  return std::make_unique<SimulatedExecutor>(clock);
}

}  // namespace fulcrum::exec

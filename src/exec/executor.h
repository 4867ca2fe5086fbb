#pragma once
// Running a job somewhere. Backends: local processes, simulated devices (twin); Slurm and
// Kubernetes later; each passes tests/contract/executor.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace fulcrum::exec {

/// What to run. The environment is exactly `environment` and FULCRUM_JOB, nothing is inherited.
struct LaunchSpec {
  std::string job_id;                // unique; names the job's folder
  std::vector<std::string> command;  // argv; [0] is found through environment PATH
  std::string working_folder;        // absolute
  std::map<std::string, std::string> environment = {};  // secrets belong here, never in command
  std::vector<std::uint32_t> devices = {};              // indices the job may use
  bool devices_are_cores = false;                       // then the job is pinned to these cores
  std::int64_t time_limit_us = 0;                       // 0: none
  std::int64_t grace_us = 5'000'000;                    // between SIGTERM and SIGKILL
  std::int64_t memory_limit_bytes = 0;  // 0: none; kept where a memory cgroup is writable
};

enum class RunState { kRunning, kExited, kSignalled, kTimeLimit, kStopped, kLost };

struct RunStatus {
  RunState state = RunState::kRunning;
  int exit_code = 0;  // when kExited, or in the grace when kStopped
  int signal = 0;     // when kSignalled, or what ended it when kStopped
  std::int64_t started_us = 0;
  std::int64_t ended_us = 0;           // 0 while running
  double cpu_s = 0;                    // user + system, whole process tree; once ended
  std::int64_t peak_memory_bytes = 0;  // largest sampled sum, or largest process; once ended
  std::string isolation;               // what the kernel offered: "cgroup", else "subreaper"
};

/// One utilization sample of a job.
struct UsageSample {
  std::int64_t time_us = 0;
  double cpu_cores = 0;  // cores busy since the last sample
  std::int64_t memory_bytes = 0;
  double device_busy = 0;         // mean over its devices, 0…1; cores stand in where no GPU is
  bool device_busy_known = true;  // false where nothing can measure them: then it is 0
};

/// Processes of a job, whatever its folder or anybody else says of it.
struct Living {
  std::string job_id;
  std::uint32_t processes = 0;         // without the shim
  std::vector<std::uint32_t> devices;  // as its FULCRUM_DEVICES says
};

/// Thread-safe. Jobs outlive the executor object and the process: attach() finds them again.
class Executor {
 public:
  virtual ~Executor() = default;
  /// Starts once per job_id: a second start of the same id attaches to the first. Fails with
  /// `exec.start`.
  virtual base::Status start(const LaunchSpec& spec) = 0;
  /// `exec.unknown` for a job that was never started here.
  virtual base::Result<RunStatus> status(const std::string& job_id) = 0;
  /// Asks the whole process tree to end, and kills it after the grace: that of its launch, or
  /// `grace_us` where it is above 0. The first stop's grace counts. What outlived its shim is
  /// killed. Returns at once.
  virtual base::Status stop(const std::string& job_id, std::int64_t grace_us = 0) = 0;
  /// Jobs that were started here, by this process or an earlier one, and not yet forgotten.
  virtual base::Result<std::vector<std::string>> attach() = 0;
  /// Drops the bookkeeping of an ended job; logs stay. Starting the id again would run it again.
  /// `exec.running` while it runs.
  virtual base::Status forget(const std::string& job_id) = 0;
  /// Standard output and error from a byte offset, at most `limit` bytes.
  virtual base::Result<std::string> log(const std::string& job_id, std::uint64_t offset,
                                        std::uint64_t limit) = 0;
  /// Adds a line to the job's output, for whoever reads it. `exec.unknown`, `exec.note`.
  virtual base::Status note(const std::string& job_id, const std::string& line) = 0;
  /// Every job of ours of which processes live, by id.
  virtual base::Result<std::vector<Living>> living() = 0;
  /// From the last sample at or before `from_us` on; 0: all.
  virtual base::Result<std::vector<UsageSample>> usage(const std::string& job_id,
                                                       std::int64_t from_us = 0) = 0;
  /// Blocks until some job may have changed state or the time has passed.
  virtual void wait(std::int64_t timeout_us) = 0;
  /// Makes a wait() in another thread return; the next one too when nobody waits now.
  virtual void wake() = 0;
};

struct LocalOptions {
  std::string root;       // HOME/jobs: one folder a job
  std::string shim_path;  // the fulcrum-shim program
};
/// One `fulcrum-shim` a job, which outlives this process. Fails with `exec.open` when the root
/// cannot be written or the shim cannot be run.
base::Result<std::unique_ptr<Executor>> open_local_executor(LocalOptions options);

/// Twin: a job runs for the seconds that its environment's FULCRUM_SIMULATED_S says, on the
/// given clock, and exits with FULCRUM_SIMULATED_EXIT (default 0). Nothing survives it. The clock
/// is read by the calling threads: with a ManualClock use one thread.
std::unique_ptr<Executor> open_simulated_executor(const base::Clock& clock);

}  // namespace fulcrum::exec

#pragma once
// Joins the scheduler to the executors: starts what schedule() places, records what ends, and
// finds running jobs again after a restart. The only sender of job.start and job.end.
#include <atomic>
#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "control/engine/engine.h"
#include "control/jobs/idle_watch.h"
#include "control/jobs/orphan_watch.h"
#include "exec/executor.h"
#include "objects/store.h"
#include "sched/schedule.h"

namespace fulcrum::control {

struct DispatcherOptions {
  std::string home;                                // FULCRUM_HOME of jobs that ask for it
  std::map<std::string, std::string> environment;  // of every job; see default_job_environment()
  std::int64_t grace_us = 5'000'000;               // between SIGTERM and SIGKILL
  OrphanOptions orphans = {};
  const base::Clock* clock = &base::system_clock();  // the engine's
  objects::Store* objects = nullptr;  // keeps the jobs' utilization samples; null: nobody does
};

/// PATH, HOME, LANG, LC_ALL, TZ, TMPDIR and LD_LIBRARY_PATH as this process has them.
std::map<std::string, std::string> default_job_environment();

/// Simulated jobs go to `simulated`, all others to `real`; both must outlive it, and the engine
/// too. Use either start()/stop() (a thread of its own) or step() (tests), not both at once.
class Dispatcher {
 public:
  Dispatcher(Engine& engine, exec::Executor& real, exec::Executor& simulated,
             DispatcherOptions options);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Starts the threads; running jobs of an earlier process are found by the first pass.
  base::Status start();
  /// Ends the threads; jobs go on running.
  void stop();

  /// One pass, without waiting: follow whom to stop, record ends, place, start,
  /// look for idle jobs and orphans. Fails only when
  /// the ledger does; the next pass tries again.
  base::Status step();

  /// Output of a job's newest start, from a byte offset. Thread-safe. `job.unknown`,
  /// `exec.unknown`.
  base::Result<std::string> log(const std::string& job, std::uint64_t offset, std::uint64_t limit);
  /// The last `limit` bytes; empty when there is no output.
  std::string log_tail(const std::string& job, std::uint64_t limit = 4000);
  base::Result<std::vector<exec::UsageSample>> usage(const std::string& job);

 private:
  struct Tracked;
  struct Ending;
  struct Stop {
    std::uint32_t attempt = 0;
    bool cancel = false;
    bool preempt = false;
    double grace_s = 0;  // 0: the launch's
  };
  void look();
  void note_stop(const sched::OpenJob& job);
  void adopt();
  void follow_stops();
  base::Status record_ends();
  Ending record_end(const std::string& job, const Tracked& tracked, const exec::RunStatus& status,
                    const std::string& detail);
  base::Status settle(Ending& ending);
  void seal();
  std::future<base::Result<CommandReply>> send(CommandRequest request);
  std::future<base::Result<CommandReply>> ask_for_room(const sched::Preemption& asked);
  base::Status place();
  base::Status launch(const std::string& job);
  exec::Executor& executor_of(bool simulated) { return simulated ? simulated_ : real_; }
  base::Result<std::pair<std::string, exec::Executor*>> newest_start(const std::string& job);
  void loop();
  void poke();

  Engine& engine_;
  exec::Executor& real_;
  exec::Executor& simulated_;
  DispatcherOptions options_;
  IdleWatch idle_watch_;
  OrphanWatch orphan_watch_;
  std::map<std::string, std::unique_ptr<Tracked>> tracked_;  // by job: what runs
  // Of the dispatching thread, as the state's change log led there:
  sched::Cache cache_;
  std::uint64_t log_id_ = 0;
  std::uint64_t log_seen_ = 0;
  std::set<std::string> untracked_;  // run according to the ledger, but nobody watches them
  std::map<std::string, Stop> to_stop_;
  std::vector<Ending> unsealed_;  // ended; their samples are still to be kept

  std::mutex mutex_;
  std::condition_variable changed_;
  bool poked_ = false;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace fulcrum::control

#pragma once
// How the plan runner gets a step's work done: a job in the scheduler. A port, so that the runner
// can be tried without processes.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace fulcrum::control {

struct StepJob {
  std::string key;      // submitting the same key again attaches to the first job
  std::string name;     // for people: "shop-recommender/train"
  std::string project;  // the plan's product
  std::vector<std::string> command;
  std::string working_folder;
  std::map<std::string, std::string> environment;
  std::uint32_t devices = 1;
  double priority = 1;
};

struct JobEnd {
  std::string job;  // its stream, "job/01J…"
  bool succeeded = false;
  int exit_code = 0;
  std::string state;  // "done", "failed", "lost", "time_limit", "stopped"
  std::string log_tail;
};

/// Thread-safe.
class StepJobs {
 public:
  virtual ~StepJobs() = default;
  /// Submits, or attaches to the same key's job, and blocks until it ended. `tick` is called about
  /// five times a second; when it returns false the job is stopped and the call fails with
  /// `job.interrupted`.
  virtual base::Result<JobEnd> run(const StepJob& job, const std::function<bool()>& tick) = 0;
};

}  // namespace fulcrum::control

#pragma once
// Finds processes of jobs that the ledger does not know to run (a crash, a hand in the ledger's
// files), records them, and ends them after a grace, so that their devices are free in truth.
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "control/engine/engine.h"
#include "exec/executor.h"
#include "sched/orphan.h"

namespace fulcrum::control {

struct OrphanOptions {
  std::string node;                     // this machine, where the ledger knows no other
  std::int64_t period_us = 10'000'000;  // between two looks
  std::int64_t grace_us = 10'000'000;   // between the record and the stop
};

/// Of one thread; both outlive it. Looks at names that are jobs' alone: what else runs under the
/// executor (the services of a plan's run) is somebody else's.
class OrphanWatch {
 public:
  OrphanWatch(Engine& engine, exec::Executor& executor, OrphanOptions options)
      : engine_(engine), executor_(executor), options_(std::move(options)) {}

  /// The first call looks at once. Fails only when the ledger does.
  base::Status step(std::int64_t now_us);

 private:
  base::Status report(const exec::Living& living);
  base::Status send(const std::string& command, base::json::object body);

  Engine& engine_;
  exec::Executor& executor_;
  OrphanOptions options_;
  std::int64_t next_us_ = 0;
};

}  // namespace fulcrum::control

#pragma once
// Submitting a job and waiting for its end.
#include <cstdint>
#include <functional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "control/engine/engine.h"

namespace fulcrum::control {

struct JobOutcome {
  std::string job;    // id, without "job/"
  std::string state;  // "succeeded", "failed", "time_limit", "cancelled", "lost"
  int exit_code = 0;
  int signal = 0;
  std::string detail;
  double cpu_s = 0;
  double allocated_device_s = 0;
  double cost_usd = 0;
};

/// Who asks. A service may name another owner in the body.
struct Sender {
  std::string actor;
  ledger::Role role = ledger::Role::kService;
};

/// Returns the job's id. The same key again returns the same job,
/// whatever the specification then says.
base::Result<std::string> submit_job(Engine& engine, base::json::object spec, const Sender& sender,
                                     const std::string& idempotency_key = {});

/// Blocks until the job has ended. `tick` (may be empty) is called about five times a second and
/// when anything happens; when it returns false the call fails with `job.interrupted` and the job
/// goes on. Fails with `job.unknown`. Thread-safe.
base::Result<JobOutcome> wait_job(Engine& engine, const std::string& job,
                                  const std::function<bool()>& tick = {});

/// submit_job, then wait_job.
base::Result<JobOutcome> submit_and_watch(Engine& engine, base::json::object spec,
                                          const Sender& sender,
                                          const std::string& idempotency_key = {},
                                          const std::function<bool()>& tick = {});

}  // namespace fulcrum::control

#pragma once
// Carrying a release out: two model servers behind a gateway, traffic, looks, a verdict. The ledger
// holds what was counted, so that a canary that was killed goes on from its last look: requests
// that no look recorded are lost as evidence, none is counted twice.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "control/canary/gateway.h"
#include "objects/store.h"
#include "release/types.h"

namespace fulcrum::control {

class Engine;

struct CanarySpec {
  release::StartRelease start;  // as sent to release.start, once
  std::int64_t look_every_samples = 50;
  std::int64_t min_look_interval_us = 100'000;
  std::int64_t ready_limit_s = 60;  // for a model server to be ready
  std::int64_t request_timeout_ms = 10'000;
  bool fall_back_to_stable = false;  // when the candidate fails a request
};

/// Something that runs while the canary does: a model server, the HTTP front, the traffic's
/// program. Stopped when destroyed.
class CanaryPart {
 public:
  virtual ~CanaryPart() = default;
  virtual std::string url() const { return {}; }  // "http://127.0.0.1:1234"
  virtual bool running() { return true; }
  virtual int exit_code() { return 0; }  // 0 while running
  virtual std::string log_tail() { return {}; }
};
using CanaryPartResult = base::Result<std::unique_ptr<CanaryPart>>;

struct CanaryProgress {
  std::int64_t samples = 0;
  std::int64_t max_samples = 0;
  base::json::value release;  // as release.show says after the newest look; null before the first
};

/// The world around a canary; all of it outlives the call.
struct CanaryPorts {
  /// A command with its idempotency key, and a query.
  std::function<base::Status(std::string name, base::json::object body, std::string key)> submit;
  std::function<base::Result<base::json::value>(std::string name, base::json::object parameters)>
      query;
  objects::Store* objects = nullptr;
  const base::Clock* clock = &base::system_clock();
  /// Starts an arm's model server; its url() must be known when this returns, it need not be ready.
  std::function<CanaryPartResult(release::Arm)> start_server;
  /// Carries gateway.handle() over HTTP.
  std::function<CanaryPartResult(Gateway&)> serve;
  /// Starts what sends requests to the gateway. `attempt` is the number of looks recorded before,
  /// so that simulated users of a resumed canary can be others than before. Empty: users come by
  /// themselves.
  std::function<CanaryPartResult(const std::string& gateway_url, std::int64_t attempt)>
      start_traffic = {};
  std::function<void(const CanaryProgress&)> progress = {};
  std::function<bool()> interrupted = {};
};

struct CanaryOutcome {
  std::string status;         // promoted, rolled_back, undecided
  std::string reason;         // release::Reason, as in the ledger
  base::json::value release;  // release.show without the chunks: counts, evidence, newest looks
};

/// Blocks until a verdict, a cap, or the end of the traffic. Safe to call again with the same spec
/// after a kill, and after the verdict (which it then returns). Fails with `canary.not_ready`,
/// `canary.stable_down`, `canary.traffic`, `canary.evidence` (recorded chunks do not give the
/// recorded counts), `run.interrupted`, and what the ports fail with.
base::Result<CanaryOutcome> run_canary(const CanarySpec& spec, const CanaryPorts& ports);

/// An offline replay: a verdict from recorded interactions instead of traffic; nothing is served.
/// `rows` is a CSV file with the columns user, reward_candidate, reward_stable, or JSON lines of
/// these names: what each version would have earned on a held-out interaction of the user. Both
/// are counted for every row and compared in pairs (release/paired.h). Marked offline_replay. Fails
/// with `replay.syntax`.
base::Result<CanaryOutcome> replay_canary(const CanarySpec& spec, const CanaryPorts& ports,
                                          const std::filesystem::path& rows);

/// submit and query of `ports` through an engine, as service/canary.
void bind_engine(CanaryPorts& ports, Engine& engine);
/// Blocks until the server answers GET /v2/health/ready with 200; `canary.not_ready`.
base::Status wait_until_ready(CanaryPart& server, std::int64_t limit_s,
                              const std::function<bool()>& interrupted);

}  // namespace fulcrum::control

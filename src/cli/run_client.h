#pragma once
// A plan run by whoever holds the home, this process or another one, over HOME/engine.sock.
#include <atomic>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "cli/socket_client.h"
#include "control/run/plan_runner.h"

namespace fulcrum::cli {

/// Not thread-safe. `interrupted` outlives it.
class RunClient {
 public:
  RunClient(std::string socket_path, const std::atomic<bool>& interrupted);

  /// {"run"}; of a dry run {"steps":[…]}. A relative plan starts at this process's working folder.
  base::Result<base::json::value> start(const control::RunOptions& options, bool dry_run);

  /// Tells `observer` what happens until the run is over; its outcome as control/run/run_json.h has
  /// it. Once interrupted it asks for the run to be stopped, and goes on until it is. Fails as the
  /// run did, and with `run.server_gone` when the process that carried it out has ended.
  base::Result<base::json::value> follow(const std::string& run, control::RunObserver& observer);

 private:
  const std::string socket_path_;
  const std::atomic<bool>& interrupted_;
  SocketClient client_;
};

/// The process that held the home has gone, or is about to: the home may be free now.
bool has_gone(const base::Error& error);

}  // namespace fulcrum::cli

#pragma once
// This machine as a place for jobs: its executors and the dispatcher that keeps them busy.
#include <memory>
#include <string>

#include "base/result.h"
#include "control/engine/home.h"
#include "control/jobs/dispatcher.h"
#include "exec/executor.h"

namespace fulcrum::control {

/// Folder of this process's program, where fulcrum-shim and fulcrum-train stand beside it.
std::string programs_folder();

class LocalMachine {
 public:
  virtual ~LocalMachine() = default;
  virtual exec::Executor& executor() = 0;
  virtual Dispatcher& dispatcher() = 0;
};

/// Registers the machine as a node, finds the jobs of an earlier process, starts placing. Jobs go
/// on when it is destroyed. `home` outlives it.
base::Result<std::unique_ptr<LocalMachine>> open_local_machine(Home& home);

}  // namespace fulcrum::control

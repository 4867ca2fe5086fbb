#pragma once
// What a plan run on this machine needs beside an open home: the executor, the dispatcher that
// places its jobs, and the folder of the programs.
#include <atomic>
#include <memory>

#include "base/result.h"
#include "control/engine/home.h"
#include "control/run/plan_runner.h"

namespace fulcrum::control {

class LocalRun {
 public:
  virtual ~LocalRun() = default;
  virtual RunSurroundings surroundings() = 0;
};

/// Registers this machine as a node unless that was done before. `home` and `interrupted` outlive
/// the result.
base::Result<std::unique_ptr<LocalRun>> open_local_run(Home& home,
                                                       const std::atomic<bool>& interrupted);

}  // namespace fulcrum::control

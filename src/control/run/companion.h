#pragma once
// A process that a waiting step keeps beside itself: annotators, simulated shoppers, model servers.
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/executor.h"

namespace fulcrum::control {

/// Stopped, and ended, when destroyed. Not thread-safe.
class Companion {
 public:
  /// Starts `spec`, or attaches when an earlier, killed run left it running; an ended one is
  /// started anew.
  static base::Result<Companion> start(exec::Executor& executor, const exec::LaunchSpec& spec);
  Companion(Companion&& other) noexcept;
  Companion& operator=(Companion&&) = delete;
  ~Companion();

  bool running();
  /// 0 while running.
  int exit_code();
  std::string log_tail();

 private:
  Companion(exec::Executor& executor, std::string id) : executor_(&executor), id_(std::move(id)) {}
  exec::Executor* executor_;
  std::string id_;
};

}  // namespace fulcrum::control

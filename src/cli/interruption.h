#pragma once
// Ctrl-C as a flag, for work that looks at one.
#include <atomic>
#include <thread>

#include "cli/stop_signal.h"

namespace fulcrum::cli {

/// A thread that turns the signal into the flag. One at a time, as StopSignal.
class Interruption {
 public:
  Interruption() : thread_([this] { watch(); }) {}
  ~Interruption() {
    done_ = true;
    thread_.join();
  }
  const std::atomic<bool>& flag() const { return flag_; }

 private:
  void watch();

  StopSignal stop_;
  std::atomic<bool> flag_{false};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace fulcrum::cli

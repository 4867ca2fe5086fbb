#pragma once
// Processes whose end wakes a waiter.
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace fulcrum::exec {

/// Opens a pidfd, asks `is_same` (the pid may have been reused), then signals. Race-free.
void signal_process(pid_t pid, int signal, const std::function<bool()>& is_same);

/// Thread-safe. Uses pidfds, so that waiting costs nothing; where the kernel has none, wait()
/// returns after at most 100 ms.
class WatchList {
 public:
  WatchList();
  ~WatchList();
  WatchList(const WatchList&) = delete;
  WatchList& operator=(const WatchList&) = delete;

  /// A process that is gone already makes the next wait() return at once.
  void add(const std::string& name, pid_t pid, const std::function<bool()>& is_same);
  /// Blocks until a process ended since the last call, wake() was called, or the time has passed.
  void wait(std::int64_t timeout_us);
  void wake();

 private:
  std::mutex mutex_;
  std::map<std::string, int> pidfds_;  // by name
  bool no_pidfds_ = false;
  int wake_;
};

}  // namespace fulcrum::exec

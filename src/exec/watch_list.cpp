#include "exec/watch_list.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace fulcrum::exec {

namespace {

constexpr std::int64_t kWithoutPidfdsUs = 100'000;

int open_pidfd(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

}  // namespace

void signal_process(pid_t pid, int signal, const std::function<bool()>& is_same) {
  const int process = open_pidfd(pid);
  if (process < 0) {
    if (errno == ENOSYS && is_same()) ::kill(pid, signal);
    return;
  }
  if (is_same()) ::syscall(SYS_pidfd_send_signal, process, signal, nullptr, 0);
  ::close(process);
}

WatchList::WatchList() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

WatchList::~WatchList() {
  for (const auto& [name, process] : pidfds_) ::close(process);
  ::close(wake_);
}

void WatchList::add(const std::string& name, pid_t pid, const std::function<bool()>& is_same) {
  const std::lock_guard lock(mutex_);
  if (pidfds_.contains(name)) return;
  const int process = open_pidfd(pid);
  if (process < 0 && errno == ENOSYS) {
    no_pidfds_ = true;
  } else if (process >= 0 && is_same()) {
    pidfds_[name] = process;
  } else {
    if (process >= 0) ::close(process);
  }
  wake();  // a waiter must look again, with the new one
}

void WatchList::wake() {
  const std::uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);
}

void WatchList::wait(std::int64_t timeout_us) {
  std::vector<pollfd> watched{{wake_, POLLIN, 0}};
  std::vector<std::string> names;
  {
    const std::lock_guard lock(mutex_);
    if (no_pidfds_) timeout_us = std::min(timeout_us, kWithoutPidfdsUs);
    for (const auto& [name, process] : pidfds_) {
      watched.push_back({process, POLLIN, 0});
      names.push_back(name);
    }
  }
  const auto timeout_ms = std::clamp<std::int64_t>((timeout_us + 999) / 1000, 0, 1 << 30);
  ::poll(watched.data(), watched.size(), static_cast<int>(timeout_ms));
  std::uint64_t wakes = 0;
  (void)!::read(wake_, &wakes, sizeof wakes);
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (watched[i + 1].revents == 0) continue;
    const auto found = pidfds_.find(names[i]);
    if (found == pidfds_.end() || found->second != watched[i + 1].fd) continue;
    ::close(found->second);
    pidfds_.erase(found);
  }
}

}  // namespace fulcrum::exec

#include "exec/shim_starter.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace fulcrum::exec {

namespace {

constexpr int kReadyFile = 3;

/// 0, or the reason as errno.
int spawn(const std::string& shim_path, const std::string& folder, int ready, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&actions, ready, kReadyFile);
  for (const int standard : {0, 1, 2})
    ::posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, kReadyFile + 1);
  ::posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  std::string program = shim_path, first = folder, second = std::to_string(kReadyFile);
  char* arguments[] = {program.data(), first.data(), second.data(), nullptr};
  char* environment[] = {nullptr};
  const int reason =
      ::posix_spawn(&pid, shim_path.c_str(), &actions, &attributes, arguments, environment);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return reason;
}

}  // namespace

std::string start_shim(const std::string& shim_path, const std::string& folder) {
  int ready[2];
  if (::pipe2(ready, O_CLOEXEC) != 0) return std::string("cannot make a pipe: ") + strerror(errno);
  pid_t pid = -1;
  const int reason = spawn(shim_path, folder, ready[1], pid);
  ::close(ready[1]);
  std::string words;
  if (reason == 0) {
    ::waitpid(pid, nullptr, 0);  // it leaves at once; the shim belongs to init
    char buffer[512];
    ssize_t got = 0;
    while ((got = ::read(ready[0], buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR))
      if (got > 0) words.append(buffer, static_cast<std::size_t>(got));
    if (words.empty()) words = "its shim ended before it started the job";
  } else {
    words = "cannot run " + shim_path + ": " + std::strerror(reason);
  }
  ::close(ready[0]);
  return words;
}

}  // namespace fulcrum::exec

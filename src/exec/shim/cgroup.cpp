#include "exec/shim/cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string_view>

#include "exec/shim/job_folder.h"

namespace fulcrum::exec::shim {

namespace {

bool write_control(const std::string& path, std::string_view value) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written =
      ::write(file, value.data(), value.size()) == static_cast<ssize_t>(value.size());
  ::close(file);
  return written;
}

/// Where the cgroup v2 hierarchy is mounted; empty when it is not.
std::string mount_point() {
  std::string mounts;
  if (!read_small_file("/proc/self/mounts", mounts)) return {};
  std::istringstream lines(mounts);
  std::string device, folder, type, rest;
  while (lines >> device >> folder >> type && std::getline(lines, rest))
    if (type == "cgroup2") return folder;
  return {};
}

std::string own_group() {
  std::string groups;
  if (!read_small_file("/proc/self/cgroup", groups)) return {};
  std::istringstream lines(groups);
  std::string line;
  while (std::getline(lines, line))
    if (line.starts_with("0::")) return line.substr(3) == "/" ? "" : line.substr(3);
  return {};
}

}  // namespace

Cgroup Cgroup::create(const std::string& job_id, std::int64_t memory_limit_bytes) {
  Cgroup group;
  const std::string mount = mount_point();
  if (mount.empty()) return group;
  std::string path = mount + own_group() + "/fulcrum-" + job_id;
  if (::mkdir(path.c_str(), 0755) != 0) return group;
  group.path_ = std::move(path);
  if (memory_limit_bytes > 0)
    (void)write_control(group.path_ + "/memory.max", std::to_string(memory_limit_bytes));
  return group;
}

Cgroup Cgroup::at(std::string path) {
  Cgroup group;
  group.path_ = std::move(path);
  return group;
}

void Cgroup::kill() const {
  if (path_.empty() || write_control(path_ + "/cgroup.kill", "1")) return;
  std::string members;  // kernels before 5.14
  if (!read_small_file(path_ + "/cgroup.procs", members)) return;
  std::istringstream pids(members);
  for (pid_t pid = 0; pids >> pid;) ::kill(pid, SIGKILL);
}

void Cgroup::remove() const {
  if (!path_.empty()) ::rmdir(path_.c_str());
}

}  // namespace fulcrum::exec::shim

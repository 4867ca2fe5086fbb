#include "exec/shim/process_tree.h"

#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <set>
#include <sstream>

#include "exec/shim/job_folder.h"

namespace fulcrum::exec::shim {

namespace {

template <class Use>
void each_number(const std::string& path, const Use& use) {
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) return;
  while (const dirent* entry = ::readdir(folder))
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])))
      use(static_cast<pid_t>(std::atoi(entry->d_name)));
  ::closedir(folder);
}

/// Walks down from the root; cheap on a machine with many processes. False where the kernel does
/// not list children (CONFIG_PROC_CHILDREN).
bool walk_down(pid_t root, std::vector<ProcessStat>& found) {
  if (::access("/proc/thread-self/children", R_OK) != 0) return false;
  std::vector<pid_t> ahead{root};
  std::set<pid_t> seen{root};
  while (!ahead.empty()) {
    const std::string tasks = "/proc/" + std::to_string(ahead.back()) + "/task";
    ahead.pop_back();
    each_number(tasks, [&](pid_t thread) {
      std::string children;
      if (!read_small_file(tasks + "/" + std::to_string(thread) + "/children", children)) return;
      std::istringstream pids(children);
      for (pid_t pid = 0; pids >> pid;) {
        ProcessStat stat;
        if (!seen.insert(pid).second || !read_process(pid, stat)) continue;
        found.push_back(stat);
        ahead.push_back(pid);
      }
    });
  }
  return true;
}

std::int64_t clock_us(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000;
}

}  // namespace

bool read_process(pid_t pid, ProcessStat& stat) {
  std::string text;
  if (!read_small_file("/proc/" + std::to_string(pid) + "/stat", text)) return false;
  const std::size_t name_end = text.rfind(')');  // the name may hold spaces and brackets
  if (name_end == std::string::npos) return false;
  static const std::int64_t tick_us = 1'000'000 / ::sysconf(_SC_CLK_TCK);
  static const std::int64_t page_bytes = ::sysconf(_SC_PAGESIZE);
  int parent = 0;
  unsigned long user = 0, system = 0;
  long child_user = 0, child_system = 0, resident_pages = 0;
  unsigned long long start = 0;
  const int read = std::sscanf(
      text.c_str() + name_end + 1,
      " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld %*d %*d %*d %*d %llu %*u %ld",
      &stat.state, &parent, &user, &system, &child_user, &child_system, &start, &resident_pages);
  if (read != 8) return false;
  stat.pid = pid;
  stat.parent = parent;
  stat.cpu_us = tick_us * (static_cast<std::int64_t>(user) + static_cast<std::int64_t>(system) +
                           child_user + child_system);
  stat.memory_bytes = page_bytes * resident_pages;
  stat.start_ticks = static_cast<std::int64_t>(start);
  return true;
}

std::vector<ProcessStat> descendants(pid_t root) {
  if (std::vector<ProcessStat> found; walk_down(root, found)) return found;
  std::vector<ProcessStat> all;
  each_number("/proc", [&](pid_t pid) {
    ProcessStat stat;
    if (read_process(pid, stat)) all.push_back(stat);
  });
  std::set<pid_t> family{root};
  std::vector<ProcessStat> found;
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& stat : all)
      if (family.contains(stat.parent) && family.insert(stat.pid).second) {
        found.push_back(stat);
        grew = true;
      }
  }
  return found;
}

std::string boot_id() {
  std::string text;
  if (!read_small_file("/proc/sys/kernel/random/boot_id", text)) return {};
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  return text;
}

bool is_alive(pid_t pid, std::int64_t start_ticks, std::string_view boot) {
  ProcessStat stat;
  return pid > 0 && boot_id() == boot && read_process(pid, stat) &&
         stat.start_ticks == start_ticks && stat.state != 'Z' && stat.state != 'X';
}

int kill_marked(std::string_view variable) {
  int found = 0;
  each_number("/proc", [&](pid_t pid) {
    std::string environment;
    if (pid == ::getpid() ||
        !read_small_file("/proc/" + std::to_string(pid) + "/environ", environment))
      return;
    environment.insert(environment.begin(), '\0');
    const std::string marked = '\0' + std::string(variable) + '\0';
    if (environment.find(marked) == std::string::npos) return;
    ++found;
    ::kill(pid, SIGKILL);
  });
  return found;
}

std::vector<MarkedProcess> marked_processes() {
  std::vector<MarkedProcess> found;
  each_number("/proc", [&](pid_t pid) {
    ProcessStat stat;
    std::string environment;
    if (!read_small_file("/proc/" + std::to_string(pid) + "/environ", environment) ||
        environment.empty() || !read_process(pid, stat) || stat.state == 'Z')
      return;
    environment.insert(environment.begin(), '\0');
    const auto value = [&](std::string_view name) {
      const std::string key = '\0' + std::string(name) + '=';
      const std::size_t at = environment.find(key);
      return at == std::string::npos ? std::string() : std::string(&environment[at + key.size()]);
    };
    MarkedProcess process{pid, value(kJobVariable), value("FULCRUM_DEVICES")};
    if (!process.job_id.empty()) found.push_back(std::move(process));
  });
  return found;
}

std::int64_t wall_us() {
  return clock_us(CLOCK_REALTIME);
}
std::int64_t boot_us() {
  return clock_us(CLOCK_BOOTTIME);
}

}  // namespace fulcrum::exec::shim

#include "exec/shim/child.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace fulcrum::exec::shim {

namespace {

[[noreturn]] void give_up(int report, const std::string& what) {
  const std::string text = what + ": " + std::strerror(errno);
  (void)!::write(report, text.data(), text.size());
  ::_exit(127);
}

/// No core dumps (they hold secrets), as many files as allowed, no gaining of privileges.
void limit_self() {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/// Where a device is a core, holding device k means running on the k-th core we may use.
void pin_to_cores(const std::vector<std::uint32_t>& devices) {
  cpu_set_t allowed, chosen;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  CPU_ZERO(&chosen);
  std::uint32_t position = 0;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &allowed)) continue;
    for (const auto device : devices)
      if (device == position) CPU_SET(core, &chosen);
    ++position;
  }
  if (CPU_COUNT(&chosen) > 0) ::sched_setaffinity(0, sizeof chosen, &chosen);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

std::string path_of(const Launch& launch) {
  for (const auto& variable : launch.environment)
    if (variable.starts_with("PATH=")) return variable.substr(5);
  return "/usr/local/bin:/usr/bin:/bin";
}

/// exec along the job's own PATH; returns only on failure.
void exec_along_path(const Launch& launch, char** arguments, char** environment) {
  const std::string& program = launch.command[0];
  if (program.find('/') != std::string::npos) {
    ::execve(program.c_str(), arguments, environment);
    return;
  }
  const std::string path = path_of(launch);
  int reason = ENOENT;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find(':', start), path.size());
    ::execve((path.substr(start, end - start) + "/" + program).c_str(), arguments, environment);
    if (errno != ENOENT && errno != ENOTDIR) reason = errno;
    start = end + 1;
  }
  errno = reason;
}

[[noreturn]] void become_job(Launch launch, const std::string& folder, int gate, int report) {
  char byte = 0;
  if (::read(gate, &byte, 1) != 1) ::_exit(127);  // the shim is gone
  ::setsid();
  const int log = ::open((folder + "/" + std::string(kLogFile)).c_str(),
                         O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (log < 0 || nothing < 0) give_up(report, "cannot open the job's log");
  ::dup2(nothing, 0);
  ::dup2(log, 1);
  ::dup2(log, 2);
  if (::chdir(launch.working_folder.c_str()) != 0)
    give_up(report, "cannot enter " + launch.working_folder);
  limit_self();
  if (launch.devices_are_cores && !launch.devices.empty()) pin_to_cores(launch.devices);
  launch.environment.insert(launch.environment.begin(),
                            std::string(kJobVariable) + "=" + launch.job_id);
  auto arguments = pointers(launch.command);
  auto environment = pointers(launch.environment);
  exec_along_path(launch, arguments.data(), environment.data());
  give_up(report, "cannot run " + launch.command[0]);
}

/// A child that is born inside the group: moving it there later would wait for the whole machine
/// (tens of milliseconds). -1 where the kernel cannot (before 5.7).
pid_t fork_into(const Cgroup& group) {
  const int folder = ::open(group.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -1;
  clone_args arguments{};
  arguments.flags = CLONE_INTO_CGROUP;
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<__u64>(folder);
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  ::close(folder);
  return pid;
}

}  // namespace

bool Child::fork(const Launch& launch, const std::string& folder, const Cgroup& group) {
  int gate[2], report[2];
  if (::pipe2(gate, O_CLOEXEC) != 0 || ::pipe2(report, O_CLOEXEC) != 0) return false;
  const pid_t shim = ::getpid();
  pid_ = group.path().empty() ? -1 : fork_into(group);
  in_group_ = pid_ >= 0;
  if (pid_ < 0) pid_ = ::fork();
  if (pid_ < 0) return false;
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != shim) ::_exit(127);
    ::close(gate[1]);
    ::close(report[0]);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    become_job(launch, folder, gate[0], report[1]);
  }
  ::close(gate[0]);
  ::close(report[1]);
  gate_ = gate[1];
  report_ = report[0];
  return true;
}

std::string Child::go() {
  (void)!::write(gate_, "g", 1);
  ::close(gate_);
  std::string words;
  char buffer[512];
  ssize_t got = 0;
  while ((got = ::read(report_, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR))
    if (got > 0) words.append(buffer, static_cast<std::size_t>(got));
  ::close(report_);
  if (!words.empty()) ::waitpid(pid_, nullptr, 0);
  return words;
}

}  // namespace fulcrum::exec::shim

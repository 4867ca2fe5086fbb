#include "exec/shim/shim.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "exec/shim/cgroup.h"
#include "exec/shim/child.h"
#include "exec/shim/job_folder.h"
#include "exec/shim/meter.h"
#include "exec/shim/process_tree.h"

namespace fulcrum::exec::shim {

namespace {

constexpr std::int64_t kFirstSampleUs = 250'000;
constexpr std::int64_t kSlowestSampleUs = 2'000'000;
constexpr std::int64_t kSweepLimitUs = 10'000'000;

void tell(int ready, const std::string& words) {
  (void)!::write(ready, words.data(), words.size());
  ::close(ready);
}

/// Everything that is known about the job while the shim stands over it.
struct Watch {
  std::string folder;
  Launch launch;
  Cgroup group;
  Child child;
  std::int64_t started_us = 0;  // wall clock
  int wait_status = 0;
  bool child_ended = false;
  bool stop_asked = false;
  bool time_passed = false;
  std::int64_t kill_at_us = 0;  // monotonic; 0: nobody asked it to end
  std::set<pid_t> asked;        // who was told to end
  int leftover = 0;             // processes that would not die (stuck in the kernel)
};

bool write_status(const Watch& watch) {
  ProcessStat self;
  read_process(::getpid(), self);
  return replace_file(watch.folder + "/" + std::string(kStatusFile),
                      write_fields({{"pid", std::to_string(::getpid())},
                                    {"start_ticks", std::to_string(self.start_ticks)},
                                    {"boot_id", boot_id()},
                                    {"child_pid", std::to_string(watch.child.pid())},
                                    {"started_us", std::to_string(watch.started_us)},
                                    {"isolation", watch.child.in_group() ? "cgroup" : "subreaper"},
                                    {"cgroup", watch.child.in_group() ? watch.group.path() : ""}}),
                      0600, false);
}

void reap(Watch& watch) {
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid != watch.child.pid()) continue;
    watch.wait_status = status;
    watch.child_ended = true;
  }
}

/// SIGTERM once to every process; again for those that were just being forked.
void ask_each(Watch& watch) {
  for (const auto& process : descendants(::getpid()))
    if (watch.asked.insert(process.pid).second) ::kill(process.pid, SIGTERM);
}

/// The grace of who stops it, else that of the launch.
std::int64_t grace_us(const Watch& watch) {
  std::string text;
  const bool is_said =
      watch.stop_asked && read_small_file(watch.folder + "/" + std::string(kStopFile), text);
  const std::int64_t said_us = is_said ? integer_field(read_fields(text), "grace_us") : 0;
  return said_us > 0 ? said_us : watch.launch.grace_us;
}

void ask_to_end(Watch& watch) {
  if (watch.kill_at_us != 0) return;
  watch.kill_at_us = boot_us() + grace_us(watch);
  ask_each(watch);
}

void kill_all(const Watch& watch) {
  watch.group.kill();
  for (const auto& process : descendants(::getpid())) ::kill(process.pid, SIGKILL);
}

/// Ends whatever the job left behind; orphans come to us, since we are a subreaper.
void sweep(Watch& watch) {
  const std::int64_t give_up_us = std::max(boot_us(), watch.kill_at_us) + kSweepLimitUs;
  for (std::int64_t pause_us = 200;; pause_us = std::min<std::int64_t>(2 * pause_us, 20'000)) {
    reap(watch);
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD) break;
    const std::int64_t now_us = boot_us();
    if (now_us > give_up_us) {
      watch.leftover = static_cast<int>(descendants(::getpid()).size());
      break;
    }
    if (now_us >= watch.kill_at_us) {
      kill_all(watch);
    } else {
      ask_each(watch);  // it has its grace
    }
    ::usleep(static_cast<useconds_t>(pause_us));
  }
}

void take_signals(Watch& watch, int signals) {
  signalfd_siginfo info{};
  while (::read(signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) {
      if (!watch.child_ended) watch.stop_asked = true;
      ask_to_end(watch);
    }
  }
}

void stand_over(Watch& watch, Meter& meter, int signals) {
  const std::int64_t started_us = boot_us();
  std::int64_t pause_us = kFirstSampleUs, sample_at_us = started_us + pause_us;
  for (reap(watch); !watch.child_ended; reap(watch)) {
    const std::int64_t now_us = boot_us();
    const std::int64_t limit_at_us =
        watch.launch.time_limit_us > 0 ? started_us + watch.launch.time_limit_us : INT64_MAX;
    if (now_us >= sample_at_us) {
      meter.sample();
      pause_us = std::min(kSlowestSampleUs, 2 * pause_us);
      sample_at_us = now_us + pause_us;
    }
    if (now_us >= limit_at_us && watch.kill_at_us == 0) {
      watch.time_passed = true;
      ask_to_end(watch);
    }
    std::int64_t next_us = std::min(sample_at_us, watch.kill_at_us ? INT64_MAX : limit_at_us);
    if (watch.kill_at_us != 0) {
      if (now_us >= watch.kill_at_us) {
        kill_all(watch);
      } else {
        ask_each(watch);
      }
      next_us = std::min(next_us, now_us + 20'000);
    }
    pollfd wake{signals, POLLIN, 0};
    ::poll(&wake, 1, static_cast<int>(std::max<std::int64_t>(0, (next_us - now_us) / 1000 + 1)));
    take_signals(watch, signals);
  }
}

bool write_exit(const Watch& watch, const Meter& meter) {
  const bool signalled = WIFSIGNALED(watch.wait_status);
  const std::string state = watch.stop_asked    ? "stopped"
                            : watch.time_passed ? "time_limit"
                            : signalled         ? "signalled"
                                                : "exited";
  return replace_file(
      watch.folder + "/" + std::string(kExitFile),
      write_fields({{"state", state},
                    {"exit_code", std::to_string(signalled ? 0 : WEXITSTATUS(watch.wait_status))},
                    {"signal", std::to_string(signalled ? WTERMSIG(watch.wait_status) : 0)},
                    {"ended_us", std::to_string(wall_us())},
                    {"cpu_us", std::to_string(meter.cpu_us())},
                    {"peak_memory_bytes", std::to_string(meter.peak_memory_bytes())},
                    {"leftover", std::to_string(watch.leftover)}}),
      0600, true);
}

/// -1 when another shim has the job, or had it already.
int take_lock(const std::string& folder) {
  const int lock =
      ::open((folder + "/" + std::string(kLockFile)).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0 || ::flock(lock, LOCK_EX | LOCK_NB) != 0 ||
      ::access((folder + "/" + std::string(kStatusFile)).c_str(), F_OK) == 0)
    return -1;
  return lock;
}

int block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) sigaddset(&set, signal);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGHUP, SIG_IGN);
  ::signal(SIGPIPE, SIG_IGN);
  return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// Empty when the job runs, else why it does not.
std::string start(Watch& watch) {
  const std::string launch_path = watch.folder + "/" + std::string(kLaunchFile);
  std::string text;
  if (!read_small_file(launch_path, text) || !read_launch(text, watch.launch))
    return "cannot read " + launch_path;
  watch.group = Cgroup::create(watch.launch.job_id, watch.launch.memory_limit_bytes);
  if (!watch.child.fork(watch.launch, watch.folder, watch.group))
    return std::string("cannot fork: ") + std::strerror(errno);
  watch.started_us = wall_us();
  if (!write_status(watch)) return std::string("cannot write the status: ") + std::strerror(errno);
  std::string reason = watch.child.go();
  ::unlink(launch_path.c_str());  // it holds the environment
  if (!reason.empty()) ::unlink((watch.folder + "/" + std::string(kStatusFile)).c_str());
  return reason;
}

}  // namespace

int run(const std::string& folder, int ready) {
  const int lock = take_lock(folder);
  if (lock < 0) {
    tell(ready, "ok");
    return 3;
  }
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const int signals = block_signals();
  Watch watch;
  watch.folder = folder;
  if (const std::string reason = start(watch); !reason.empty()) {
    watch.group.remove();
    ::close(lock);  // before the starter hears of it: nobody has the job now
    tell(ready, reason);
    return 1;
  }
  tell(ready, "ok");
  Meter meter(watch.launch, folder);
  stand_over(watch, meter, signals);
  sweep(watch);
  meter.sample();
  watch.group.remove();
  return write_exit(watch, meter) ? 0 : 1;
}

}  // namespace fulcrum::exec::shim

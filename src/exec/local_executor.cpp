// Jobs as local processes, each under a shim of its own.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/files.h"
#include "exec/executor.h"
#include "exec/shim/cgroup.h"
#include "exec/shim/job_folder.h"
#include "exec/shim/process_tree.h"
#include "exec/shim_starter.h"
#include "exec/usage_file.h"
#include "exec/watch_list.h"

namespace fulcrum::exec {

namespace {

std::string system_reason() {
  return std::strerror(errno);
}

base::Status check_id(const std::string& id) {
  const bool good = !id.empty() && id.size() <= 200 && id[0] != '.' &&
                    id.find_first_not_of(
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789._-") == std::string::npos;
  if (good) return {};
  return base::failed("exec.start", fmt::format("\"{}\" cannot name a job's folder", id));
}

base::Status check_text(const LaunchSpec& spec) {
  const auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  bool bad = has_nul(spec.working_folder);
  for (const auto& argument : spec.command) bad = bad || has_nul(argument);
  for (const auto& [name, value] : spec.environment)
    bad = bad || has_nul(name) || has_nul(value) || name.empty() ||
          name.find('=') != std::string::npos;
  if (bad) return base::failed("exec.start", "a NUL or a nameless variable in the launch spec");
  if (spec.command.empty()) return base::failed("exec.start", "the command is empty");
  return {};
}

shim::Launch launch_of(const LaunchSpec& spec) {
  shim::Launch launch{.job_id = spec.job_id,
                      .command = spec.command,
                      .working_folder = spec.working_folder,
                      .environment = {},
                      .devices = spec.devices,
                      .devices_are_cores = spec.devices_are_cores,
                      .time_limit_us = spec.time_limit_us,
                      .grace_us = spec.grace_us,
                      .memory_limit_bytes = spec.memory_limit_bytes};
  for (const auto& [name, value] : spec.environment)
    launch.environment.push_back(name + "=" + value);
  return launch;
}

/// "0,1,5"; what is no number is left out.
std::vector<std::uint32_t> numbers(const std::string& text) {
  std::vector<std::uint32_t> list;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    std::uint32_t number = 0;
    if (std::from_chars(word.data(), word.data() + word.size(), number).ec == std::errc())
      list.push_back(number);
  }
  return list;
}

RunState state_from(const std::string& name) {
  if (name == "signalled") return RunState::kSignalled;
  if (name == "time_limit") return RunState::kTimeLimit;
  if (name == "stopped") return RunState::kStopped;
  if (name == "lost") return RunState::kLost;
  return RunState::kExited;
}

/// A living shim holds the lock from before it writes its status.
bool is_locked(const std::string& folder) {
  const int lock =
      ::open((folder + "/" + std::string(shim::kLockFile)).c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) return false;
  const bool locked = ::flock(lock, LOCK_SH | LOCK_NB) != 0;
  ::close(lock);
  return locked;
}

class LocalExecutor final : public Executor {
 public:
  explicit LocalExecutor(LocalOptions options) : options_(std::move(options)) {}

  base::Status start(const LaunchSpec& spec) override {
    CHECK_OK(check_id(spec.job_id));
    CHECK_OK(check_text(spec));
    const std::string folder = folder_of(spec.job_id);
    shim::Fields status;
    if (read(folder, shim::kStatusFile, status)) {
      watch(spec.job_id, status);
      return {};
    }
    CHECK_OK(base::make_folder(folder, true));
    if (!shim::replace_file(path(folder, shim::kLaunchFile), shim::write_launch(launch_of(spec)),
                            0600, false))
      return base::failed("exec.start",
                          fmt::format("cannot write into {}: {}", folder, system_reason()));
    const std::string words = start_shim(options_.shim_path, folder);
    // A shim that was killed before it could speak may have started the job: then it is lost.
    const bool started = words == "ok" || read(folder, shim::kStatusFile, status);
    if (!started) {
      ::unlink(path(folder, shim::kLaunchFile).c_str());
      return base::failed("exec.start",
                          fmt::format("job {} did not start: {}", spec.job_id, words));
    }
    if (read(folder, shim::kStatusFile, status)) watch(spec.job_id, status);
    return {};
  }

  base::Result<RunStatus> status(const std::string& job_id) override {
    const std::string folder = folder_of(job_id);
    shim::Fields status, end;
    if (!read(folder, shim::kStatusFile, status)) {
      if (is_locked(folder)) return RunStatus{};  // a shim is about to start it
      return base::not_found("exec.unknown", "no job " + job_id + " was started here");
    }
    if (read(folder, shim::kExitFile, end)) return ended(status, end);
    if (shim_is_alive(status)) return running(status);
    // It may have written its end between the two looks.
    if (!read(folder, shim::kExitFile, end)) end = record_loss(job_id, folder, status);
    return ended(status, end);
  }

  base::Status stop(const std::string& job_id, std::int64_t grace_us) override {
    shim::Fields status;
    if (!read(folder_of(job_id), shim::kStatusFile, status))
      return base::not_found("exec.unknown", "no job " + job_id + " was started here");
    if (grace_us > 0 &&
        !shim::replace_file(path(folder_of(job_id), shim::kStopFile),
                            shim::write_fields({{"grace_us", std::to_string(grace_us)}}), 0600,
                            false))
      return base::failed(
          "exec.stop", fmt::format("cannot write into {}: {}", folder_of(job_id), system_reason()));
    if (!shim_is_alive(status)) {
      (void)shim::kill_marked(std::string(shim::kJobVariable) + "=" + job_id);
      return {};
    }
    signal_process(static_cast<pid_t>(shim::integer_field(status, "pid")), SIGTERM,
                   [&] { return shim_is_alive(status); });
    return {};
  }

  base::Status note(const std::string& job_id, const std::string& line) override {
    const int log =
        ::open(path(folder_of(job_id), shim::kLogFile).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (log < 0) return base::not_found("exec.unknown", "no log of job " + job_id + " is here");
    const bool written =
        ::write(log, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    ::close(log);
    if (!written) return base::failed("exec.note", "cannot write the log: " + system_reason());
    return {};
  }

  base::Result<std::vector<Living>> living() override {
    std::map<std::string, Living> jobs;
    for (const auto& process : shim::marked_processes()) {
      shim::Fields status;
      if (!jobs.contains(process.job_id) &&
          (!check_id(process.job_id) ||
           !read(folder_of(process.job_id), shim::kStatusFile, status)))
        continue;  // of another home
      Living& job = jobs[process.job_id];
      job.job_id = process.job_id;
      ++job.processes;
      if (job.devices.empty()) job.devices = numbers(process.devices);
    }
    std::vector<Living> list;
    for (auto& [id, job] : jobs) list.push_back(std::move(job));
    return list;
  }

  base::Result<std::vector<std::string>> attach() override {
    std::vector<std::string> jobs;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(options_.root, error)) {
      shim::Fields status;
      const std::string job_id = entry.path().filename().string();
      if (!read(entry.path().string(), shim::kStatusFile, status)) continue;
      watch(job_id, status);
      jobs.push_back(job_id);
    }
    if (error)
      return base::failed("exec.attach", "cannot list " + options_.root + ": " + error.message());
    return jobs;
  }

  base::Status forget(const std::string& job_id) override {
    TRY(const RunStatus now, status(job_id));
    if (now.state == RunState::kRunning)
      return base::conflict("exec.running", "job " + job_id + " still runs");
    for (const auto file : {shim::kStatusFile, shim::kExitFile, shim::kLockFile, shim::kStopFile})
      ::unlink(path(folder_of(job_id), file).c_str());
    return {};
  }

  base::Result<std::string> log(const std::string& job_id, std::uint64_t offset,
                                std::uint64_t limit) override {
    const std::string file = path(folder_of(job_id), shim::kLogFile);
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return base::not_found("exec.unknown", "no log of job " + job_id + " is here");
    stream.seekg(0, std::ios::end);
    const auto size = static_cast<std::uint64_t>(stream.tellg());
    if (offset >= size) return std::string();
    std::string text(std::min(limit, size - offset), '\0');
    stream.seekg(static_cast<std::streamoff>(offset));
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
  }

  base::Result<std::vector<UsageSample>> usage(const std::string& job_id,
                                               std::int64_t from_us) override {
    return read_usage(path(folder_of(job_id), shim::kUsageFile), from_us);
  }

  void wait(std::int64_t timeout_us) override { watched_.wait(timeout_us); }
  void wake() override { watched_.wake(); }

 private:
  static std::string path(const std::string& folder, std::string_view file) {
    return folder + "/" + std::string(file);
  }
  std::string folder_of(const std::string& job_id) const { return options_.root + "/" + job_id; }

  static bool read(const std::string& folder, std::string_view file, shim::Fields& fields) {
    std::string text;
    if (!shim::read_small_file(path(folder, file), text)) return false;
    fields = shim::read_fields(text);
    return true;
  }

  static bool shim_is_alive(const shim::Fields& status) {
    const auto boot = status.find("boot_id");
    return shim::is_alive(static_cast<pid_t>(shim::integer_field(status, "pid")),
                          shim::integer_field(status, "start_ticks"),
                          boot == status.end() ? "" : boot->second);
  }

  static RunStatus running(const shim::Fields& status) {
    RunStatus now;
    now.started_us = shim::integer_field(status, "started_us");
    if (const auto found = status.find("isolation"); found != status.end())
      now.isolation = found->second;
    return now;
  }

  static RunStatus ended(const shim::Fields& status, const shim::Fields& end) {
    RunStatus now = running(status);
    const auto state = end.find("state");
    now.state = state_from(state == end.end() ? "" : state->second);
    now.exit_code = static_cast<int>(shim::integer_field(end, "exit_code"));
    now.signal = static_cast<int>(shim::integer_field(end, "signal"));
    now.ended_us = shim::integer_field(end, "ended_us");
    now.cpu_s = static_cast<double>(shim::integer_field(end, "cpu_us")) / 1e6;
    now.peak_memory_bytes = shim::integer_field(end, "peak_memory_bytes");
    return now;
  }

  /// The shim was killed and left no result: ends what it left behind, and says so for good.
  static shim::Fields record_loss(const std::string& job_id, const std::string& folder,
                                  const shim::Fields& status) {
    const auto boot = status.find("boot_id");
    if (boot != status.end() && boot->second == shim::boot_id()) {
      const auto cgroup = status.find("cgroup");
      const auto group =
          shim::Cgroup::at(cgroup == status.end() || cgroup->second.empty() ? "" : cgroup->second);
      group.kill();
      for (int tries = 0; tries < 1000; ++tries) {
        if (shim::kill_marked(std::string(shim::kJobVariable) + "=" + job_id) == 0) break;
        ::usleep(1000);  // until the killed are gone, so that their devices are free
      }
      group.remove();
    }
    const shim::Fields end{{"state", "lost"}, {"ended_us", std::to_string(shim::wall_us())}};
    (void)shim::replace_file(path(folder, shim::kExitFile), shim::write_fields(end), 0600, true);
    return end;
  }

  void watch(const std::string& job_id, const shim::Fields& status) {
    watched_.add(job_id, static_cast<pid_t>(shim::integer_field(status, "pid")),
                 [&] { return shim_is_alive(status); });
  }

  LocalOptions options_;
  WatchList watched_;
};

}  // namespace

base::Result<std::unique_ptr<Executor>> open_local_executor(LocalOptions options) {
  if (::access(options.shim_path.c_str(), X_OK) != 0)
    return base::failed("exec.open",
                        fmt::format("cannot run {}: {}", options.shim_path, system_reason()),
                        "fulcrum-shim is installed beside fulcrum");
  CHECK_OK(base::make_folder(options.root, true));
  options.root = std::filesystem::absolute(options.root).string();
  return std::unique_ptr<Executor>(std::make_unique<LocalExecutor>(std::move(options)));
}

}  // namespace fulcrum::exec

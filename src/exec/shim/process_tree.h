#pragma once
// Processes as /proc shows them: who descends from whom, what they use, and how to end them all.
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::exec::shim {

struct ProcessStat {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = '?';               // 'Z': ended, not yet waited for
  std::int64_t cpu_us = 0;        // user + system, with its waited-for children
  std::int64_t memory_bytes = 0;  // resident
  std::int64_t start_ticks = 0;  // since boot: with the boot id and pid it names a process for ever
};

/// False when there is no such process.
bool read_process(pid_t pid, ProcessStat& stat);
/// All processes that descend from `root`, without it. Includes those that left its session,
/// provided that the processes between are alive or that `root` is a subreaper. One that is being
/// forked or orphaned at this moment may be missed: look again.
std::vector<ProcessStat> descendants(pid_t root);
/// This boot's id; empty where the kernel has none.
std::string boot_id();
/// Is the process that had this pid, start time and boot id still there (zombies do not count)?
bool is_alive(pid_t pid, std::int64_t start_ticks, std::string_view boot);
/// Kills every process of ours whose environment has `NAME=value`; returns how many were found.
int kill_marked(std::string_view variable);

/// A process that carries the job variable.
struct MarkedProcess {
  pid_t pid = 0;
  std::string job_id;
  std::string devices;  // its FULCRUM_DEVICES
};
/// Every such process of ours that is not a zombie.
std::vector<MarkedProcess> marked_processes();

/// The system's wall clock, for stamps.
std::int64_t wall_us();
/// Monotonic, for deadlines; counts while the machine sleeps.
std::int64_t boot_us();

}  // namespace fulcrum::exec::shim

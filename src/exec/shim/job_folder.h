#pragma once
// What the executor and the shim write for each other in a job's folder. All small files are
// `name=value` lines, replaced atomically.
//
//   launch       what to run; written by the executor (0600: it holds the environment), removed by
//                the shim once read
//   lock         held by the living shim (flock); makes a start happen once
//   status       written by the shim when the job starts: who it is, so that a later process can
//                find it again
//   stop         how long the grace is, where who stops the job says so; written before SIGTERM
//   exit         written by the shim when everything of the job is gone: how it ended
//   log          standard output and error
//   usage.jsonl  one utilization sample a line
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::exec::shim {

inline constexpr std::string_view kLaunchFile = "launch";
inline constexpr std::string_view kLockFile = "lock";
inline constexpr std::string_view kStatusFile = "status";
inline constexpr std::string_view kStopFile = "stop";
inline constexpr std::string_view kExitFile = "exit";
inline constexpr std::string_view kLogFile = "log";
inline constexpr std::string_view kUsageFile = "usage.jsonl";
/// Every process of a job carries this variable, so that what a killed shim left can be found.
inline constexpr std::string_view kJobVariable = "FULCRUM_JOB";

struct Launch {
  std::string job_id;
  std::vector<std::string> command;
  std::string working_folder;
  std::vector<std::string> environment;  // NAME=value
  std::vector<std::uint32_t> devices;
  bool devices_are_cores = false;
  std::int64_t time_limit_us = 0;
  std::int64_t grace_us = 0;
  std::int64_t memory_limit_bytes = 0;
};

/// Records of one letter, a value and a NUL: values may hold anything but NUL.
std::string write_launch(const Launch& launch);
/// False when the text is not a launch record with a command.
bool read_launch(std::string_view text, Launch& launch);

using Fields = std::map<std::string, std::string>;
std::string write_fields(const Fields& fields);
Fields read_fields(std::string_view text);
std::int64_t integer_field(const Fields& fields, const std::string& name);

/// False (with errno) when the file cannot be read.
bool read_small_file(const std::string& path, std::string& content);
/// Atomically; fsyncs the content when `durable`. False (with errno) on failure.
bool replace_file(const std::string& path, std::string_view content, unsigned mode, bool durable);

}  // namespace fulcrum::exec::shim

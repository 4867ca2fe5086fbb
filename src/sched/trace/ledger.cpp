#include "sched/trace/ledger.h"

#include <algorithm>

#include "sched/core/cluster.h"
#include "sched/trace/builder.h"

namespace fulcrum::sched {

namespace {

struct Times {
  std::int64_t submitted_us, started_us, ended_us;
};

constexpr double kLeastS = 1e-6;  // a run of no length would have no slowdown

/// Why the row is no job of the trace; empty: it is.
std::string left_out(const base::json::value& row, const Times& times, bool simulated) {
  if ((base::get_integer(row, "simulated") != 0) != simulated)
    return simulated ? "real jobs" : "simulated jobs";
  if (times.ended_us == 0) return "not ended";
  if (times.started_us == 0) return "never started";
  if (times.started_us < times.submitted_us || times.ended_us < times.started_us)
    return "times out of order";
  return {};
}

Task task_of(const base::json::value& row) {
  Task task;
  task.count = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(base::get_integer(row, "tasks"), 1, 1'000'000));
  task.gpus = static_cast<std::uint32_t>(std::max<std::int64_t>(0, base::get_integer(row, "gpus")));
  if (task.gpus > 0)
    task.gpu_milli = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(base::get_integer(row, "gpu_milli"), 1, kWhole));
  task.cpu_milli = std::max<std::int64_t>(0, base::get_integer(row, "cpu_milli"));
  task.memory_bytes = std::max<std::int64_t>(0, base::get_integer(row, "memory_bytes"));
  return task;
}

/// Whole devices, for clusters that are nothing but devices.
std::uint32_t devices_of(const Task& task, bool cores) {
  const std::int64_t whole_cores = (task.cpu_milli + kWhole - 1) / kWhole;
  const std::int64_t each = cores ? std::max<std::int64_t>(task.gpus, whole_cores) : task.gpus;
  return static_cast<std::uint32_t>(std::min<std::int64_t>(each * task.count, 10'000'000));
}

}  // namespace

base::Result<Trace> trace_of_history(const base::json::array& rows, const HistoryOptions& options) {
  TraceBuilder trace("the job history");
  std::int64_t zero_us = 0;
  std::vector<std::pair<Times, TraceJob>> jobs;
  // Oldest first: owners are numbered as they come, as in the live scheduler, and the number
  // decides between owners who are equal.
  for (std::size_t i = rows.size(); i-- > 0;) {
    const auto& row = rows[i];
    const Times times{base::get_integer(row, "submitted_us"), base::get_integer(row, "started_us"),
                      base::get_integer(row, "ended_us")};
    if (const std::string why = left_out(row, times, options.simulated); !why.empty()) {
      trace.skip(why);
      continue;
    }
    TraceJob job;
    job.line = static_cast<std::int64_t>(rows.size() - i);
    // Its work: the last start's, and what checkpoints kept of those before.
    job.duration_s = std::max(
        kLeastS, static_cast<double>(times.ended_us - times.started_us) / 1e6 +
                     std::max(0.0, base::get_number(row, "kept_s")));
    job.limit_s = std::max(0.0, base::get_number(row, "time_limit_s"));
    job.predicted_s = std::max(0.0, base::get_number(row, "predicted_s"));
    job.priority = base::get_number(row, "priority");
    if (!(job.priority > 0)) job.priority = 1;
    job.task = task_of(row);
    job.devices = devices_of(job.task, options.cores);
    const std::string owner = base::get_string(row, "owner");
    job.group = trace.group(owner);
    job.user = trace.user(owner + " in " + base::get_string(row, "project"));
    // As microseconds, until the zero is known.
    job.deadline_s = static_cast<double>(base::get_integer(row, "deadline_us"));
    if (jobs.empty() || times.submitted_us < zero_us) zero_us = times.submitted_us;
    jobs.emplace_back(times, job);
  }
  for (auto& [times, job] : jobs) {
    job.submit_s = static_cast<double>(times.submitted_us - zero_us) / 1e6;
    if (job.deadline_s > 0)
      job.deadline_s = std::max(kLeastS, (job.deadline_s - static_cast<double>(zero_us)) / 1e6);
    trace.keep(job);
  }
  return trace.finish();
}

}  // namespace fulcrum::sched

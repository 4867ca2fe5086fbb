#include "sched/trace/ledger.h"

#include <algorithm>

#include "sched/core/cluster.h"
#include "sched/trace/builder.h"

namespace fulcrum::sched {

namespace {

struct Times {
  std::int64_t queued_us, started_us, ended_us;  // queued: when it could have started
};

Times times_of(const base::json::value& row) {
  const std::int64_t submitted_us = base::get_integer(row, "submitted_us");
  return {std::max(submitted_us, base::get_integer(row, "queued_us")),
          base::get_integer(row, "started_us"), base::get_integer(row, "ended_us")};
}

constexpr double kLeastS = 1e-6;  // a run of no length would have no slowdown

/// Why the row is no job of the trace; empty: it is.
std::string left_out(const base::json::value& row, const Times& times, bool simulated) {
  if ((base::get_integer(row, "simulated") != 0) != simulated)
    return simulated ? "real jobs" : "simulated jobs";
  if (times.ended_us == 0) return "not ended";
  if (times.started_us == 0) return "never started";
  if (times.started_us < times.queued_us || times.ended_us < times.started_us)
    return "times out of order";
  return {};
}

Task task_of(const base::json::value& row, TraceBuilder& trace) {
  Task task;
  std::map<std::string, std::int64_t> amounts;
  const auto custom = base::parse_json(base::get_string(row, "custom"), "custom");
  if (custom && custom->is_object())
    for (const auto& [name, amount] : custom->get_object())
      if (amount.is_int64()) amounts.emplace(name, amount.get_int64());
  task.custom = trace.custom(amounts);
  task.count = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(base::get_integer(row, "tasks"), 1, 1'000'000));
  task.gpus = static_cast<std::uint32_t>(std::max<std::int64_t>(0, base::get_integer(row, "gpus")));
  const std::string kind = base::get_string(row, "device_kind");
  if (kind == "tpu") task.kind = DeviceClass::kTpu;
  if (kind == "other") task.kind = DeviceClass::kOther;
  if (kind == "core") task.kind = DeviceClass::kCore;
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
  std::vector<std::pair<Times, std::size_t>> kept;  // and the row
  for (std::size_t i = rows.size(); i-- > 0;) {
    const Times times = times_of(rows[i]);
    if (const std::string why = left_out(rows[i], times, options.simulated); !why.empty())
      trace.skip(why);
    else
      kept.emplace_back(times, i);
  }
  // Owners are numbered as their jobs come, as in the live scheduler: the number decides between
  // owners who are equal.
  std::stable_sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
    return a.first.queued_us < b.first.queued_us;
  });
  for (const auto& [times, i] : kept) {
    const auto& row = rows[i];
    const std::int64_t zero_us = kept.front().first.queued_us;
    const auto since_s = [&](std::int64_t us) { return static_cast<double>(us - zero_us) / 1e6; };
    TraceJob job;
    job.line = static_cast<std::int64_t>(rows.size() - i);
    job.arrival = static_cast<std::uint64_t>(job.line);
    job.submit_s = since_s(times.queued_us);
    job.duration_s =
        std::max(kLeastS, static_cast<double>(times.ended_us - times.started_us) / 1e6);
    job.limit_s = std::max(0.0, base::get_number(row, "time_limit_s"));
    job.predicted_s = std::max(0.0, base::get_number(row, "predicted_s"));
    job.priority = base::get_number(row, "priority");
    if (!(job.priority > 0)) job.priority = 1;
    job.models = trace.models(base::get_string(row, "gpu_model"));
    job.task = task_of(row, trace);
    job.devices = devices_of(job.task, options.cores);
    const std::string owner = base::get_string(row, "owner");
    job.group = trace.group(owner);
    job.user = trace.user(owner + " in " + base::get_string(row, "project"));
    if (const std::int64_t deadline_us = base::get_integer(row, "deadline_us"); deadline_us > 0)
      job.deadline_s = std::max(kLeastS, since_s(deadline_us));
    trace.keep(job);
  }
  return trace.finish();
}

}  // namespace fulcrum::sched

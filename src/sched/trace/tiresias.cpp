// Tiresias (Gu et al., NSDI 2019): job_id,num_gpu,submit_time,iterations,model_name,duration,
// interval. Every row is kept. The duration is the job's run time on all its GPUs, without waiting;
// the group is the model.
#include "sched/trace/rows.h"

namespace fulcrum::sched {

base::Result<Trace> read_tiresias(const std::filesystem::path& path, const ReadOptions& options) {
  const auto row = [](Rows& rows, std::int64_t line,
                      const std::vector<std::string_view>& fields) -> base::Result<TraceJob> {
    TraceJob job;
    job.line = line;
    TRY(job.devices, rows.count(line, "num_gpu", fields[0]));
    TRY(job.submit_s, rows.number(line, "submit_time", fields[1]));
    TRY(job.duration_s, rows.number(line, "duration", fields[2]));
    if (job.submit_s < 0 || job.duration_s <= 0)
      return rows.bad(line, "duration", "trace.range", "a time is below zero");
    job.group = rows.group(std::string(fields[3]));
    return job;
  };
  return read_table(path, options, {"num_gpu", "submit_time", "duration", "model_name"}, row);
}

}  // namespace fulcrum::sched

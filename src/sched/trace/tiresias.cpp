// Tiresias (Gu et al., NSDI 2019): job_id,num_gpu,submit_time,iterations,model_name,duration,
// interval. Every row is kept. The duration is the job's run time on all its GPUs, without waiting;
// the group is the model.
#include "sched/trace/builder.h"

namespace fulcrum::sched {

base::Result<Trace> read_tiresias(const std::filesystem::path& path, const ReadOptions& options) {
  TraceBuilder rows(path.filename().string());
  TRY(const auto bad,
      read_rows(path, {"num_gpu", "submit_time", "duration", "model_name"}, options.lenient,
                [&](Row& row) {
                  TraceJob job;
                  job.line = row.line();
                  job.devices = static_cast<std::uint32_t>(row.integer("num_gpu", 1, 1'000'000));
                  job.submit_s = row.number("submit_time", 0, 1e12);
                  job.duration_s = row.number("duration", 1e-9, 1e10);
                  if (!row.is_good()) return;
                  job.group = rows.group(std::string(row.text("model_name")));
                  rows.keep(job);
                }));
  rows.skip(bad);
  return rows.finish();
}

}  // namespace fulcrum::sched

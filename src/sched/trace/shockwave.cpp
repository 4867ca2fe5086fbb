// Shockwave (Zheng et al., NSDI 2023), the format of Gavel's generator: twelve tab-separated fields
// a line: job type, command, working directory, argument for the number of steps, needs a data
// folder, total steps, scale factor (GPUs), mode (gns, accordion, static), priority weight, SLO,
// duration, arrival time. The duration is that of the job alone at its own scale factor, as the
// generator wrote it; batch sizes that change while a job runs are inside it. SLO -1: none. The
// group is the job type without its batch size.
#include "sched/trace/builder.h"

namespace fulcrum::sched {

base::Result<Trace> read_shockwave(const std::filesystem::path& path, const ReadOptions& options) {
  constexpr double kMostS = 1e12;
  TraceBuilder rows(path.filename().string());
  const Lines lines{
      {"job_type", "command", "working_directory", "num_steps_arg", "needs_data_dir", "total_steps",
       "scale_factor", "mode", "priority_weight", "slo", "duration", "arrival"},
      '\t',
      0,
      {}};
  TRY(const auto bad, read_lines(path, lines, options.lenient, [&](Row& row) {
        TraceJob job;
        job.line = row.line();
        job.devices = static_cast<std::uint32_t>(row.integer("scale_factor", 1, 1'000'000'000));
        job.priority = row.number("priority_weight", 1e-9, 1e9);
        const double slo = row.number("slo", -kMostS, kMostS);
        job.duration_s = row.number("duration", 1e-9, kMostS);
        job.submit_s = row.number("arrival", 0, kMostS);
        if (!row.is_good()) return;
        if (slo > 0) job.deadline_s = job.submit_s + slo * job.duration_s;
        const std::string_view type = row.text("job_type");
        job.group = rows.group(std::string(type.substr(0, type.find(" ("))));
        rows.keep(job);
      }));
  rows.skip(bad);
  return rows.finish();
}

}  // namespace fulcrum::sched

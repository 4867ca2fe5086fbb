// Pollux artifact (Qiao et al., OSDI 2021): name,time,application,num_replicas,batch_size. The file
// holds no run times. Here a job's is that of a rigid run with its own replicas and batch size on
// nodes of four GPUs, full ones first, as the artifact's simulator would have it
// (pollux_profiles.h, measured.h). The group is the application. Every row is kept. Policies that
// resize jobs read the same file as elastic jobs (elastic.h).
#include <algorithm>

#include "sched/trace/builder.h"
#include "sched/trace/pollux_profiles.h"

namespace fulcrum::sched {

base::Result<Trace> read_pollux(const std::filesystem::path& path, const ReadOptions& options) {
  TRY(const PolluxWorkload workload, read_pollux_workload(path, options));
  TraceBuilder rows(path.filename().string());
  for (const PolluxJob& row : workload.jobs) {
    const Application& application = workload.applications[row.application];
    Allocation dense;
    for (std::uint32_t placed = 0; placed < row.replicas; placed += dense.back().replicas)
      dense.push_back({static_cast<NodeIndex>(dense.size()), std::min(4U, row.replicas - placed)});
    const Cut cut = cut_of(application.limits, row.batch, row.replicas);
    const StepTime time = application.steps.at(dense, cut.local);
    TraceJob job;
    job.line = row.line;
    job.submit_s = row.submit_s;
    job.devices = row.replicas;
    job.duration_s = pollux_iterations(application, row.batch) *
                     (time.step_s + cut.accumulated * (time.step_s - time.sync_s));
    job.group = rows.group(application.name);
    rows.keep(job);
  }
  rows.skip(workload.skipped);
  return rows.finish();
}

}  // namespace fulcrum::sched

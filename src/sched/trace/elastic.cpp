// pollux: elastic training as measured; of ncf the artifact fixes the batch size and one replica.
// shockwave: rigid jobs that may be preempted between rounds of 120 s; the published runs charge no
// time for that, and neither does this.
#include "sched/trace/elastic.h"

#include <algorithm>

#include "sched/trace/pollux_profiles.h"

namespace fulcrum::sched {

namespace {

base::Result<ElasticTrace> read_elastic_pollux(const std::filesystem::path& path,
                                               const ReadOptions& options) {
  TRY(PolluxWorkload workload, read_pollux_workload(path, options));
  ElasticTrace trace;
  trace.applications = std::move(workload.applications);
  for (const Application& application : trace.applications)
    trace.groups.push_back(application.name);
  for (const PolluxJob& row : workload.jobs) {
    ElasticTraceJob job;
    job.submit_s = row.submit_s;
    job.group = static_cast<std::uint32_t>(row.application);
    job.application = row.application;
    job.asked = row.replicas;
    job.batch = row.batch;
    job.fixed_batch = trace.applications[row.application].name == "ncf";
    if (job.fixed_batch) job.most = 1;
    trace.jobs.push_back(job);
  }
  std::stable_sort(trace.jobs.begin(), trace.jobs.end(),
                   [](const auto& a, const auto& b) { return a.submit_s < b.submit_s; });
  if (workload.skipped.count > 0)
    trace.skipped["malformed"] = static_cast<std::size_t>(workload.skipped.count);
  return trace;
}

base::Result<ElasticTrace> read_elastic_shockwave(const std::filesystem::path& path,
                                                  const ReadOptions& options) {
  TRY(Trace rigid, read_shockwave(path, options));
  ElasticTrace trace;
  trace.groups = std::move(rigid.groups);
  trace.skipped = std::move(rigid.skipped);
  trace.round_s = 120;
  trace.restart_s = 0;
  for (const TraceJob& row : rigid.jobs) {
    ElasticTraceJob job;
    job.submit_s = row.submit_s;
    job.priority = row.priority;
    job.group = row.group;
    job.asked = job.most = row.devices;
    job.duration_s = row.duration_s;
    trace.jobs.push_back(job);
  }
  return trace;
}

}  // namespace

ElasticReader find_elastic_format(std::string_view name) {
  if (name == "pollux") return read_elastic_pollux;
  if (name == "shockwave") return read_elastic_shockwave;
  return nullptr;
}

}  // namespace fulcrum::sched

#pragma once
// The Pollux artifact (Qiao et al., OSDI 2021): its workloads, and what was measured of the six
// applications in them. Step times come from profiles/APPLICATION/{placements,scalability}.csv
// beside the workload; gradient noise from pollux_noise.def.
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "sched/elastic/measured.h"
#include "sched/trace/rows.h"
#include "sched/trace/trace.h"

namespace fulcrum::sched {

struct PolluxJob {
  std::int64_t line = 0;
  double submit_s = 0;
  std::size_t application = 0;
  std::uint32_t replicas = 1;  // as its user configured it
  double batch = 1;
};

struct PolluxWorkload {
  std::vector<Application> applications;
  std::vector<PolluxJob> jobs;  // as in the file
  SkippedRows skipped;          // when lenient
};

/// Fails as a TraceReader does (trace.h), for the profiles, too.
base::Result<PolluxWorkload> read_pollux_workload(const std::filesystem::path& path,
                                                  const ReadOptions& options);

/// Initial steps ÷ what a step with this batch size is worth, over all epochs.
double pollux_iterations(const Application& application, double batch);

}  // namespace fulcrum::sched

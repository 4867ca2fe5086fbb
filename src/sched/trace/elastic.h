#pragma once
// Traces as jobs for policies that resize or preempt (sched/elastic).
#include <memory>

#include "sched/elastic/training.h"
#include "sched/trace/trace.h"

namespace fulcrum::sched {

struct ElasticTraceJob {
  double submit_s = 0;
  double priority = 1;
  std::uint32_t group = 0;  // ElasticTrace::groups
  std::uint32_t asked = 1;  // replicas
  double duration_s = 0;    // of a rigid job; 0: training as measured, below
  std::size_t application = 0;
  double batch = 0;          // as submitted
  bool fixed_batch = false;  // also where the policy would choose
  std::uint32_t most = 64;   // replicas
};

struct ElasticTrace {
  /// Not moved once jobs were made of them.
  std::vector<Application> applications;
  std::vector<ElasticTraceJob> jobs;  // by submit_s
  std::vector<std::string> groups;
  std::map<std::string, std::size_t> skipped;
  double round_s = 60;    // as its artifact has it
  double restart_s = 30;  // likewise
};

using ElasticReader = base::Result<ElasticTrace> (*)(const std::filesystem::path& path,
                                                     const ReadOptions& options);
/// nullptr for formats that are not read so: only pollux and shockwave are.
ElasticReader find_elastic_format(std::string_view name);

}  // namespace fulcrum::sched

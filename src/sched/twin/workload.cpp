#include "sched/twin/workload.h"

#include <fmt/format.h>

#include <charconv>

#include "base/random.h"

namespace fulcrum::sched {

base::Result<ClusterSize> parse_cluster(std::string_view text) {
  const auto number = [](std::string_view digits) -> std::uint32_t {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
  };
  const std::size_t times = text.find('x');
  ClusterSize size;
  if (times != std::string_view::npos) {
    size.nodes = number(text.substr(0, times));
    size.devices = number(text.substr(times + 1));
  }
  if (size.nodes == 0 || size.devices == 0 || size.nodes > 1'000'000 || size.devices > 10'000'000)
    return base::usage("sim.cluster", fmt::format("\"{}\" is no cluster", text), "cluster",
                       "give nodes x devices, for example 80x8 or 1x8192");
  return size;
}

Cluster make_cluster(const ClusterSize& size) {
  Cluster cluster;
  NodeSpec spec;
  spec.price_usd_per_hour = size.price_usd_per_hour;
  if (size.cpu_milli > 0) {
    spec.cpu_milli = size.cpu_milli;
    spec.memory_bytes = size.memory_bytes;
    spec.cores_stand_in = size.cores;
    if (!size.cores) spec.gpus = static_cast<std::uint16_t>(size.devices);
  } else if (size.devices <= static_cast<std::uint32_t>(kMaxDevices)) {
    spec.gpus = static_cast<std::uint16_t>(size.devices);
  } else {
    spec.cores_stand_in = true;
    spec.cpu_milli = size.devices * kWhole;
  }
  for (std::uint32_t node = 0; node < size.nodes; ++node) cluster.add_node(spec);
  return cluster;
}

void shuffle_ties(Trace& trace, std::uint64_t seed) {
  if (seed == 0) return;
  base::Random random(seed);
  auto& jobs = trace.jobs;
  for (std::size_t first = 0; first < jobs.size();) {
    std::size_t end = first + 1;
    while (end < jobs.size() && jobs[end].submit_s == jobs[first].submit_s) ++end;
    for (std::size_t left = end - first; left > 1; --left)
      std::swap(jobs[first + left - 1], jobs[first + random.below(left)]);
    first = end;
  }
}

namespace {

/// As asked for; what the account counts is as in the live scheduler.
void place_tasks(const Task& task, const ClusterSize& size, Cluster& cluster, Job& job) {
  Shape shape;
  shape.cpu_milli = task.cpu_milli;
  shape.memory_bytes = task.memory_bytes;
  shape.gpus = task.gpus;
  if (task.gpus > 0) shape.gpu_milli = task.gpu_milli;
  job.shape = cluster.shape(shape);
  job.tasks = task.count;
  std::int64_t milli = std::int64_t{task.gpus} * task.gpu_milli;
  if (size.cores) milli = std::max(milli, task.cpu_milli);
  job.devices = static_cast<double>(milli * task.count) / kWhole;
}

std::vector<QuotaNode> quotas_of(const Trace& trace) {
  std::vector<QuotaNode> quotas;
  for (const TraceQuota& given : trace.quotas) {
    QuotaNode quota{kNoQuota, given.guaranteed_devices, given.limit_devices, given.may_borrow,
                given.share};
    for (std::size_t i = 0; i < quotas.size(); ++i)
      if (trace.quotas[i].name == given.parent) quota.parent = static_cast<std::uint32_t>(i);
    quotas.push_back(quota);
  }
  return quotas;
}

/// By group of the trace.
std::vector<std::uint32_t> quota_by_group(const Trace& trace) {
  std::vector<std::uint32_t> quota(trace.groups.size(), kNoQuota);
  for (std::size_t i = 0; i < trace.quotas.size(); ++i)
    for (std::size_t group = 0; group < trace.groups.size(); ++group)
      if (trace.groups[group] == trace.quotas[i].name) quota[group] = static_cast<std::uint32_t>(i);
  return quota;
}

}  // namespace

Workload make_workload(const Trace& trace, const ClusterSize& size, Cluster& cluster,
                       Prediction prediction) {
  Workload workload;
  workload.jobs.reserve(trace.jobs.size());
  workload.duration_s.reserve(trace.jobs.size());
  workload.quotas = quotas_of(trace);
  workload.restart_s = trace.assume.restart_s;
  const auto quota_of = quota_by_group(trace);
  const auto shape_of = [&](std::uint32_t devices) {
    Shape shape;
    shape.gpus = devices;
    return cluster.shape(shape);
  };
  for (const TraceJob& given : trace.jobs) {
    Job job;
    job.submit_s = given.submit_s;
    job.limit_s = given.limit_s;
    job.deadline_s = given.deadline_s;
    job.priority = given.priority;
    job.group = given.group;
    job.devices = given.devices;
    job.preemptible = trace.assume.preemptible;
    job.checkpoint_every_s = trace.assume.checkpoint_every_s;
    job.min_run_s = trace.assume.min_run_s;
    if (given.group < quota_of.size()) job.quota = quota_of[given.group];
    if (prediction == Prediction::kPerfect) job.predicted_s = given.duration_s;
    if (prediction == Prediction::kGiven) job.predicted_s = given.predicted_s;
    if (size.cpu_milli > 0 && given.task.count > 0) {
      place_tasks(given.task, size, cluster, job);
    } else if (given.devices <= size.devices) {
      job.shape = shape_of(given.devices);
    } else {
      job.shape = shape_of(size.devices);
      job.tasks = given.devices / size.devices;
      job.has_rest = given.devices % size.devices != 0;
      if (job.has_rest) job.rest_shape = shape_of(given.devices % size.devices);
    }
    workload.jobs.push_back(job);
    workload.duration_s.push_back(given.duration_s);
    if (prediction == Prediction::kLastTwo) workload.predict_from_user.push_back(given.user);
  }
  return workload;
}

}  // namespace fulcrum::sched

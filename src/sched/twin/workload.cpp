#include "sched/twin/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/random.h"

namespace fulcrum::sched {

namespace {

constexpr std::uint16_t kUnsaid = kMostModels;        // of a node: serves every job
constexpr std::uint16_t kNobodysModel = kUnsaid + 1;  // that no job names

/// 0 for what is no number.
std::uint32_t number(std::string_view digits) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
}

/// "80x8xV100", "80xV100" (devices 0), "80x8". Nothing for another text.
std::optional<ClusterSize> parse_kind(std::string_view text) {
  const std::size_t times = text.find('x');
  if (times == std::string_view::npos) return std::nullopt;
  ClusterSize size;
  size.nodes = number(text.substr(0, times));
  text.remove_prefix(times + 1);
  const std::string_view second = text.substr(0, text.find('x'));
  const bool has_devices = second.find_first_not_of("0123456789") == std::string_view::npos;
  if (has_devices) {
    size.devices = number(second);
    text.remove_prefix(std::min(second.size() + 1, text.size()));
  }
  size.model = text;
  if (size.nodes == 0 || size.nodes > 1'000'000 || size.devices > 10'000'000) return std::nullopt;
  if (has_devices ? size.devices == 0 : size.model.empty()) return std::nullopt;
  return size;
}

/// Kinds joined by commas; `devices`: of those that do not say. `wrong` gets the first that is
/// none.
std::vector<ClusterSize> parse_kinds(std::string_view text, std::uint32_t devices,
                                     std::optional<std::string>& wrong) {
  std::vector<ClusterSize> kinds;
  while (true) {
    const std::string_view one = text.substr(0, text.find(','));
    auto kind = parse_kind(one);
    if (kind && kind->devices == 0) kind->devices = devices;
    if (!kind || kind->devices == 0) {
      wrong = one;
      return {};
    }
    kinds.push_back(*std::move(kind));
    if (one.size() == text.size()) return kinds;
    text.remove_prefix(one.size() + 1);
  }
}

NodeSpec spec_of(const ClusterSize& size, const Trace& trace) {
  NodeSpec spec;
  spec.price_usd_per_hour = size.price_usd_per_hour;
  spec.kind = size.kind;
  if (!trace.models.empty()) {
    const auto at = std::find(trace.models.begin(), trace.models.end(), size.model);
    spec.model = size.model.empty()         ? kUnsaid
                 : at == trace.models.end() ? kNobodysModel
                                            : static_cast<std::uint16_t>(at - trace.models.begin());
  }
  if (size.cpu_milli > 0) {
    spec.cpu_milli = size.cpu_milli;
    spec.memory_bytes = size.memory_bytes;
    spec.cores_stand_in = size.cores;
    if (!size.cores) spec.gpus = static_cast<std::uint16_t>(size.devices);
    for (const std::string& name : trace.custom_names) {
      const auto at = size.custom.find(name);
      spec.custom.push_back(at == size.custom.end() ? 0 : at->second);
    }
  } else if (size.devices <= static_cast<std::uint32_t>(kMaxDevices)) {
    spec.gpus = static_cast<std::uint16_t>(size.devices);
  } else {
    spec.cores_stand_in = true;
    spec.cpu_milli = size.devices * kWhole;
  }
  return spec;
}

}  // namespace

base::Result<ClusterSize> parse_cluster(std::string_view text) {
  std::optional<std::string> wrong;
  auto kinds = parse_kinds(text, 0, wrong);
  if (wrong)
    return base::usage("sim.cluster", fmt::format("\"{}\" is no cluster", *wrong), "cluster",
                       "give nodes x devices, for example 80x8, 1x8192 or 80x8xV100");
  ClusterSize size = std::move(kinds.front());
  size.more.assign(kinds.begin() + 1, kinds.end());
  return size;
}

base::Result<std::vector<ClusterSize>> parse_added(std::string_view text, const ClusterSize& like) {
  std::optional<std::string> wrong;
  auto kinds = parse_kinds(text, like.devices, wrong);
  if (wrong)
    return base::usage(
        "whatif.add_nodes", fmt::format("\"{}\" is no number of nodes", *wrong), "add-nodes",
        "give nodes x devices (8x8), nodes x model (8xA100) or all three (8x4xA100)");
  for (ClusterSize& kind : kinds) {
    kind.price_usd_per_hour = like.price_usd_per_hour;
    kind.cpu_milli = like.cpu_milli / like.devices * kind.devices;
    kind.memory_bytes = like.memory_bytes / like.devices * kind.devices;
    kind.cores = like.cores;
  }
  return kinds;
}

double devices_of(const ClusterSize& size) {
  double sum = static_cast<double>(size.nodes) * size.devices;
  for (const ClusterSize& more : size.more) sum += devices_of(more);
  return sum;
}

double usd_per_hour_of(const ClusterSize& size) {
  double sum = size.price_usd_per_hour * size.nodes;
  for (const ClusterSize& more : size.more) sum += usd_per_hour_of(more);
  return sum;
}

Cluster make_cluster(const ClusterSize& size, const Trace& trace) {
  Cluster cluster;
  const auto add = [&](const ClusterSize& kind) {
    const NodeSpec spec = spec_of(kind, trace);
    for (std::uint32_t node = 0; node < kind.nodes; ++node) cluster.add_node(spec);
  };
  add(size);
  for (const ClusterSize& more : size.more) add(more);
  return cluster;
}

void shuffle_ties(Trace& trace, std::uint64_t seed) {
  if (seed == 0) return;
  base::Random random(seed);
  auto& jobs = trace.jobs;
  for (std::size_t first = 0; first < jobs.size();) {
    std::size_t end = first + 1;
    while (end < jobs.size() && jobs[end].submit_s == jobs[first].submit_s) ++end;
    for (std::size_t i = first; i < end && end - first > 1; ++i) jobs[i].arrival = 0;
    for (std::size_t left = end - first; left > 1; --left)
      std::swap(jobs[first + left - 1], jobs[first + random.below(left)]);
    first = end;
  }
}

namespace {

/// A node whose model is not said serves everybody.
std::uint64_t models_of(const TraceJob& given) {
  return given.models == 0 ? 0 : given.models | std::uint64_t{1} << kUnsaid;
}

/// As asked for; what the account counts is as in the live scheduler.
void place_tasks(const Trace& trace, const TraceJob& given, const ClusterSize& size,
                 Cluster& cluster, Job& job) {
  const Task& task = given.task;
  Shape shape;
  shape.models = models_of(given);
  if (task.custom > 0) {
    shape.custom = trace.customs[task.custom];
    shape.custom.resize(trace.custom_names.size(), 0);
  }
  shape.cpu_milli = task.cpu_milli;
  shape.memory_bytes = task.memory_bytes;
  shape.gpus = task.gpus;
  if (task.gpus > 0) {
    shape.gpu_milli = task.gpu_milli;
    shape.kind = task.kind;
  }
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
  const auto shape_of = [&](std::uint32_t devices, const TraceJob& given) {
    Shape shape;
    shape.gpus = devices;
    shape.models = models_of(given);
    return cluster.shape(shape);
  };
  for (const TraceJob& given : trace.jobs) {
    Job job;
    job.submit_s = given.submit_s;
    job.limit_s = given.limit_s;
    job.deadline_s = given.deadline_s;
    job.priority = given.priority;
    job.group = given.group;
    if (given.arrival > 0) job.arrival = given.arrival;
    job.devices = given.devices;
    job.preemptible = trace.assume.preemptible;
    job.checkpoint_every_s = trace.assume.checkpoint_every_s;
    job.min_run_s = trace.assume.min_run_s;
    if (given.group < quota_of.size()) job.quota = quota_of[given.group];
    if (prediction == Prediction::kPerfect) job.predicted_s = given.duration_s;
    if (prediction == Prediction::kGiven) job.predicted_s = given.predicted_s;
    if (size.cpu_milli > 0 && given.task.count > 0) {
      place_tasks(trace, given, size, cluster, job);
    } else if (given.devices <= size.devices) {
      job.shape = shape_of(given.devices, given);
    } else {
      job.shape = shape_of(size.devices, given);
      job.tasks = given.devices / size.devices;
      job.has_rest = given.devices % size.devices != 0;
      if (job.has_rest) job.rest_shape = shape_of(given.devices % size.devices, given);
    }
    workload.jobs.push_back(job);
    workload.duration_s.push_back(given.duration_s);
    if (prediction == Prediction::kLastTwo) workload.predict_from_user.push_back(given.user);
  }
  return workload;
}

}  // namespace fulcrum::sched

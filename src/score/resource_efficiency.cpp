// Resource efficiency, from what the scheduler accounted. Devices are GPUs, or cores on a node
// that has none. Tables and columns:
//   sched_allocations  job attempt simulated device_milli started_us ended_us (0: still running)
//                      useful_device_s allocated_device_s cost_usd
//   sched_capacity     node since_us until_us (0: still) devices simulated
//   sched_jobs         job priority
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "score/factor_list.h"

namespace fulcrum::score {

namespace {

constexpr const char* kScore = "resource_efficiency";

struct Allocation {
  std::string job;
  double allocated_device_s = 0;
  double useful_device_s = 0;
  double cost_usd = 0;
  bool has_ended = false;
};

double seconds_between(std::int64_t from_us, std::int64_t to_us) {
  return to_us > from_us ? static_cast<double>(to_us - from_us) / 1e6 : 0;
}

/// Newest first. One that still runs counts until now; what of it was useful is known at its end.
std::vector<Allocation> allocations(const Evidence& evidence, bool simulated) {
  std::vector<Allocation> list;
  for (const auto& row : evidence.rows({.table = "sched_allocations",
                         .where = {{.column = "simulated", .value = std::int64_t{simulated}}},
                         .order = {"-started_us"},
                         .limit = 0})) {
    Allocation one{row.text("job"), row.real("allocated_device_s"), row.real("useful_device_s"),
                   row.real("cost_usd"), row.integer("ended_us") != 0};
    if (!one.has_ended)
      one.allocated_device_s = row.real("device_milli") / 1000 *
                               seconds_between(row.integer("started_us"), evidence.as_of_us());
    if (one.allocated_device_s > 0) list.push_back(std::move(one));
  }
  return list;
}

double available_device_s(const Evidence& evidence, bool simulated) {
  double sum = 0;
  for (const auto& row : evidence.rows({.table = "sched_capacity",
                         .where = {{.column = "simulated", .value = std::int64_t{simulated}}},
                         .limit = 0})) {
    const std::int64_t until_us = row.integer("until_us");
    sum += row.real("devices") *
           seconds_between(row.integer("since_us"), until_us != 0 ? until_us : evidence.as_of_us());
  }
  return sum;
}

/// Σ priority · devices · time, and money, over all that was allocated.
base::json::object costs(const Evidence& evidence, const std::vector<Allocation>& list) {
  std::map<std::string, double> priorities;
  for (const auto& row : evidence.rows({.table = "sched_jobs", .limit = 0}))
    priorities[row.text("job")] = row.real("priority");
  double weighted = 0, usd = 0;
  for (const auto& one : list) {
    weighted += priorities[one.job] * one.allocated_device_s;
    usd += one.cost_usd;
  }
  return {{"cost_priority_resource_time", weighted}, {"cost_usd", usd}};
}

std::vector<Trace> traces_of(const Evidence& evidence, const std::vector<Allocation>& list) {
  std::vector<Trace> traces;
  for (const auto& one : list) {
    if (traces.size() == kTraces) break;
    traces.push_back(
        {evidence.last_seq("job/" + one.job),
         fmt::format("job {}: {:.4g} device-s allocated, {}", one.job, one.allocated_device_s,
                     one.has_ended ? fmt::format("{:.4g} useful", one.useful_device_s)
                                   : std::string("still running"))});
  }
  return traces;
}

}  // namespace

Measured useful_time(const Evidence& evidence) {
  Measured measured;
  for (const bool simulated : {false, true}) {
    auto list = allocations(evidence, simulated);
    std::erase_if(list, [](const Allocation& one) { return !one.has_ended; });
    if (list.empty()) continue;
    std::vector<Part> parts;
    double allocated = 0, useful = 0;
    for (const auto& one : list) {
      parts.push_back({one.useful_device_s, one.allocated_device_s});
      allocated += one.allocated_device_s;
      useful += one.useful_device_s;
    }
    Figure figure;
    figure.value = std::clamp(useful / allocated, 0.0, 1.0);
    const Interval interval = ratio_interval(parts);
    figure.interval = {std::min(interval.low, figure.value), std::max(interval.high, figure.value)};
    figure.n = static_cast<std::int64_t>(list.size());
    figure.method = fmt::format(
        "{:.4g} useful device-s of {:.4g} in ended allocations; interval: "
        "linearised ratio variance",
        useful, allocated);
    figure.evidence = traces_of(evidence, list);
    (simulated ? measured.simulated : measured.real) = std::move(figure);
  }
  measured.missing = "run a job to its end: job.submit";
  return first_of(std::move(measured), recorded_factor(evidence, kScore, "useful"));
}

Measured allocated_time(const Evidence& evidence) {
  Measured measured;
  for (const bool simulated : {false, true}) {
    const auto list = allocations(evidence, simulated);
    if (!list.empty())
      measured.beside[simulated ? "cost_simulated" : "cost"] = costs(evidence, list);
    const double available = available_device_s(evidence, simulated);
    if (!(available > 0)) continue;
    double allocated = 0;
    for (const auto& one : list) allocated += one.allocated_device_s;
    Figure figure;
    figure.value = std::clamp(allocated / available, 0.0, 1.0);
    figure.interval = {figure.value, figure.value};
    figure.n = static_cast<std::int64_t>(list.size());
    figure.method = fmt::format(
        "{:.4g} device-s allocated of {:.4g} available; accounts, no "
        "sampling error",
        allocated, available);
    figure.evidence = traces_of(evidence, list);
    (simulated ? measured.simulated : measured.real) = std::move(figure);
  }
  measured.missing = "add nodes and run jobs on them: node.add, job.submit";
  return first_of(std::move(measured), recorded_factor(evidence, kScore, "allocated"));
}

}  // namespace fulcrum::score

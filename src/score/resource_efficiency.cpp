// Resource efficiency, from what the scheduler accounted. Tables and columns:
//   sched_allocations  job, devices, allocated_device_s, useful_device_s (null: not measured),
//                      priority, cost_usd, simulated, seq    one row an allocation that has ended
//   sched_availability node, available_device_s, simulated, seq    devices × time the node was up
#include <fmt/format.h>

#include <algorithm>

#include "score/factor_list.h"

namespace fulcrum::score {

namespace {

constexpr const char* kScore = "resource_efficiency";

std::vector<RowView> of_kind(const Evidence& evidence, const char* table, bool simulated) {
  return evidence.rows({.table = table,
                        .where = {{.column = "simulated", .value = std::int64_t{simulated}}},
                        .order = {"-seq"},
                        .limit = 0});
}

double total(const std::vector<RowView>& rows, const char* column) {
  double sum = 0;
  for (const auto& row : rows) sum += row.real(column);
  return sum;
}

/// Σ priority · devices · time, and money, over all that was allocated.
void add_costs(Measured& measured, const std::vector<RowView>& rows, bool simulated) {
  double weighted = 0;
  for (const auto& row : rows) weighted += row.real("priority") * row.real("allocated_device_s");
  base::json::object costs{{"cost_priority_resource_time", weighted},
                           {"cost_usd", total(rows, "cost_usd")}};
  measured.beside[simulated ? "cost_simulated" : "cost"] = std::move(costs);
}

std::vector<Trace> traces_of(const std::vector<RowView>& rows) {
  std::vector<Trace> traces;
  for (const auto& row : rows) {
    if (traces.size() == kTraces) break;
    traces.push_back({row.seq(), fmt::format("job {}: {:.4g} device-s allocated, {} useful",
                                             row.text("job"), row.real("allocated_device_s"),
                                             row.is_null("useful_device_s")
                                                 ? std::string("unknown")
                                                 : fmt::format("{:.4g}",
                                                               row.real("useful_device_s")))});
  }
  return traces;
}

}  // namespace

Measured useful_time(const Evidence& evidence) {
  Measured measured;
  for (const bool simulated : {false, true}) {
    auto rows = of_kind(evidence, "sched_allocations", simulated);
    std::erase_if(rows, [](const RowView& row) { return row.is_null("useful_device_s"); });
    std::vector<Part> parts;
    for (const auto& row : rows)
      parts.push_back({row.real("useful_device_s"), row.real("allocated_device_s")});
    const double allocated = total(rows, "allocated_device_s");
    if (!(allocated > 0)) continue;
    Figure figure;
    figure.value = std::clamp(total(rows, "useful_device_s") / allocated, 0.0, 1.0);
    const Interval interval = ratio_interval(parts);
    figure.interval = {std::min(interval.low, figure.value), std::max(interval.high, figure.value)};
    figure.n = static_cast<std::int64_t>(rows.size());
    figure.method = "ratio of sums over ended allocations; interval: linearised ratio variance";
    figure.evidence = traces_of(rows);
    (simulated ? measured.simulated : measured.real) = std::move(figure);
  }
  measured.missing = "run a job to its end with its device use sampled";
  return first_of(std::move(measured), recorded_factor(evidence, kScore, "useful"));
}

Measured allocated_time(const Evidence& evidence) {
  Measured measured;
  for (const bool simulated : {false, true}) {
    const auto rows = of_kind(evidence, "sched_allocations", simulated);
    const auto nodes = of_kind(evidence, "sched_availability", simulated);
    if (!rows.empty()) add_costs(measured, rows, simulated);
    const double allocated = total(rows, "allocated_device_s");
    const double available = total(nodes, "available_device_s");
    if (!(available > 0)) continue;
    Figure figure;
    figure.value = std::clamp(allocated / available, 0.0, 1.0);
    figure.interval = {figure.value, figure.value};
    figure.n = static_cast<std::int64_t>(rows.size());
    figure.method = fmt::format("{:.6g} device-s allocated of {:.6g} available; accounts, no "
                                "sampling error",
                                allocated, available);
    figure.evidence = traces_of(rows);
    (simulated ? measured.simulated : measured.real) = std::move(figure);
  }
  measured.missing = "add nodes and run jobs on them: node.add, job.submit";
  return first_of(std::move(measured), recorded_factor(evidence, kScore, "allocated"));
}

}  // namespace fulcrum::score

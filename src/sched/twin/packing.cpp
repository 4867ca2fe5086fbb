#include "sched/twin/packing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "base/random.h"
#include "sched/core/placer.h"
#include "sched/stages/fragmentation.h"

namespace fulcrum::sched {

namespace {

std::int64_t gpu_milli(const Shape& shape) {
  return static_cast<std::int64_t>(shape.gpus) * shape.gpu_milli;
}

constexpr double kTypicalShare = 0.95;

PackingSample sample_of(const Cluster& cluster, const stages::Fragmentation& tables,
                        std::int64_t arrived) {
  double fragmented = 0;
  for (NodeIndex node = 0; node < cluster.size(); ++node)
    fragmented += tables.devices(cluster, node).fragmentation_milli;
  const auto all = static_cast<double>(cluster.gpu_milli());
  return {static_cast<double>(arrived) / all,
          static_cast<double>(cluster.gpu_milli() - cluster.free_gpu_milli()) / all,
          std::max(0.0, fragmented / all)};
}

}  // namespace

std::vector<TypicalShape> typical_shapes(Cluster& cluster, const std::vector<ShapeIndex>& tasks) {
  using Key = std::tuple<std::int64_t, std::uint32_t, std::uint32_t, std::uint64_t>;
  std::map<Key, std::size_t> counts;
  for (const ShapeIndex task : tasks) {
    const Shape& shape = cluster.shape_of(task);
    const std::uint32_t milli = shape.gpus > 0 ? shape.gpu_milli : 0;
    ++counts[{shape.cpu_milli, milli, shape.gpus, shape.models}];
  }
  std::vector<std::pair<std::size_t, Key>> order;
  for (const auto& [key, count] : counts) order.emplace_back(count, key);
  std::sort(order.rbegin(), order.rend());
  std::vector<TypicalShape> typical;
  std::size_t covered = 0;
  for (const auto& [count, key] : order) {
    if (static_cast<double>(covered) >= kTypicalShare * static_cast<double>(tasks.size())) break;
    Shape shape;
    std::tie(shape.cpu_milli, shape.gpu_milli, shape.gpus, shape.models) = key;
    if (shape.gpus == 0) shape.gpu_milli = kWhole;
    typical.push_back({cluster.shape(shape), static_cast<double>(count)});
    covered += count;
  }
  for (TypicalShape& one : typical) one.share /= static_cast<double>(covered);
  return typical;
}

std::vector<ShapeIndex> arrivals(const Cluster& cluster, const std::vector<ShapeIndex>& tasks,
                                 const PackingOptions& options) {
  base::Random random(options.seed);
  std::vector<ShapeIndex> order = tasks;
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  std::int64_t asked = 0;
  for (const ShapeIndex task : tasks) asked += gpu_milli(cluster.shape_of(task));
  if (asked == 0 || cluster.gpu_milli() == 0) return order;
  const double most = options.load * static_cast<double>(cluster.gpu_milli());
  while (static_cast<double>(asked) > most) {
    asked -= gpu_milli(cluster.shape_of(order.back()));
    order.pop_back();
  }
  while (true) {
    const ShapeIndex next = tasks[random.below(tasks.size())];
    const std::int64_t more = gpu_milli(cluster.shape_of(next));
    if (static_cast<double>(asked + more) > most) return order;
    asked += more;
    order.push_back(next);
  }
}

PackingRun pack(Cluster& cluster, const std::vector<ShapeIndex>& arrivals,
                const std::vector<TypicalShape>& typical, const PackingOptions& options) {
  PackingRun run;
  run.arrived_gpu_milli.reserve(arrivals.size());
  run.allocated_gpu_milli.reserve(arrivals.size());
  Placer placer(cluster, *options.place, typical, options.seed);
  std::int64_t arrived = 0;
  std::vector<Held> held;
  Job job;
  const stages::Fragmentation tables(cluster, typical);
  const bool samples = options.samples > 0 && cluster.gpu_milli() > 0;
  const std::size_t every =
      samples ? std::max<std::size_t>(1, arrivals.size() / options.samples) : arrivals.size() + 1;
  for (const ShapeIndex shape : arrivals) {
    job.shape = shape;
    const std::int64_t wanted = gpu_milli(cluster.shape_of(shape));
    arrived += wanted;
    if (placer.place(job, held)) {
      ++run.placed;
    } else {
      run.gpu_unplaced += static_cast<double>(wanted) / kWhole;
    }
    run.arrived_gpu_milli.push_back(arrived);
    run.allocated_gpu_milli.push_back(cluster.gpu_milli() - cluster.free_gpu_milli());
    if (run.arrived_gpu_milli.size() % every == 0)
      run.samples.push_back(sample_of(cluster, tables, arrived));
  }
  run.decisions = placer.decisions();
  return run;
}

double allocation_ratio(const Cluster& cluster, const PackingRun& run, double load) {
  const auto capacity = static_cast<double>(cluster.gpu_milli());
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < run.arrived_gpu_milli.size(); ++i) {
    const double arrived = static_cast<double>(run.arrived_gpu_milli[i]) / capacity;
    if (std::fabs(arrived - load) > 0.005) continue;
    sum += static_cast<double>(run.allocated_gpu_milli[i]) / capacity;
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace fulcrum::sched

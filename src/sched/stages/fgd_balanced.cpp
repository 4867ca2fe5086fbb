// Our own: fragmentation gradient descent in exact milli instead of whole points, and three things
// that it does not see. A node whose CPU and devices run out together wastes neither, so the task
// goes where it takes like shares of both; a device should be left with an amount that later tasks
// fill; and of alike nodes the fuller one is taken, so that whole nodes stay for large tasks.
// Weights: tuned on seeds 1-3 of five openb workloads; bench/repro/fgd.md has others.
#include <algorithm>
#include <array>
#include <cmath>

#include "sched/stages/fragmentation.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

namespace {

constexpr double kImbalanceMilli = 70;  // for taking all of one resource and nothing of the other
constexpr double kRemainderWeight = 0.25;   // of a device's expected remainder
constexpr double kEmptinessWeight = 0.001;  // of the node's free devices
constexpr double kStep = 1e-4;              // milli; what is closer is a tie

struct Tables final : PlaceTables {
  Tables(const Cluster& cluster, const std::vector<TypicalShape>& typical)
      : fragmentation(cluster, typical) {
    for (std::size_t free = 0; free < remainder_milli.size(); ++free)
      remainder_milli[free] = expected_remainder(cluster, typical, free);
  }

  /// What stays of a device's free amount when tasks for one device come at random until none fits.
  double expected_remainder(const Cluster& cluster, const std::vector<TypicalShape>& typical,
                            std::size_t free) const {
    double sum = 0, shares = 0;
    for (const TypicalShape& one : typical) {
      const Shape& shape = cluster.shape_of(one.shape);
      if (shape.gpus != 1 || shape.gpu_milli > free) continue;
      sum += one.share * remainder_milli[free - shape.gpu_milli];
      shares += one.share;
    }
    return shares > 0 ? sum / shares : static_cast<double>(free);
  }

  Fragmentation fragmentation;
  std::array<double, kWhole + 1> remainder_milli{};
};

/// 0: the task takes the same share of what is free of both; 1: all of one, nothing of the other.
double imbalance(const FreeNode& free, const Shape& need) {
  if (free.gpu_milli == 0 || free.cpu_milli == 0) return 0;
  const double cpu = static_cast<double>(need.cpu_milli) / static_cast<double>(free.cpu_milli);
  const double gpu = static_cast<double>(need.gpus) * need.gpu_milli / free.gpu_milli;
  return std::fabs(cpu - gpu);
}

double in_steps(double milli) {
  return std::floor(milli / kStep + 0.5);
}

Choice share_choice(const Tables& tables, const Fragmentation::Row& row, const NodeDevices& devices,
                    std::uint16_t whole, std::uint16_t milli, double before) {
  Choice best;
  std::uint8_t first = kMaxDevices;
  for (std::size_t i = 0; i < devices.kinds; ++i) {
    const std::uint16_t free = devices.free_milli[i];
    if (free < milli) continue;
    const auto left = static_cast<std::uint16_t>(free - milli);
    double gain = before + row.of_device(free) - row.of_device(left) -
                  kRemainderWeight * (tables.remainder_milli[left] - tables.remainder_milli[free]);
    if (free == kWhole)
      gain += row.of_whole(whole) - row.of_whole(static_cast<std::uint16_t>(whole - 1));
    const double rank = in_steps(gain);
    if (best.fits && (rank < best.rank || (rank == best.rank && devices.first[i] > first)))
      continue;
    first = devices.first[i];
    best = {rank, DeviceMask{1} << first, true};
  }
  return best;
}

}  // namespace

const PlaceStage fgd_balanced{
    "fgd_balanced", summary_of("fgd_balanced"),
    [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
      const Cluster& cluster = context.cluster;
      const Shape& need = cluster.shape_of(shape);
      if (!cluster.fits(node, need)) return {};
      const NodeSpec& spec = cluster.spec(node);
      if (spec.cores_stand_in) return {0, 0, true};
      const Tables& tables = static_cast<const Tables&>(*context.tables);
      const FreeNode& free = cluster.free(node);
      const NodeDevices& devices = tables.fragmentation.devices(cluster, node);
      const auto row = tables.fragmentation.row(spec.model, free.cpu_milli - need.cpu_milli);
      const double left_milli = free.gpu_milli - static_cast<double>(need.gpus) * need.gpu_milli;
      double gain = devices.fragmentation_milli -
                    tables.fragmentation.of_node(row, devices, free.whole) -
                    kImbalanceMilli * imbalance(free, need) - kEmptinessWeight * left_milli;
      if (need.gpus == 1 && need.gpu_milli < kWhole)
        return share_choice(tables, row, devices, free.whole,
                            static_cast<std::uint16_t>(need.gpu_milli), gain);
      if (need.gpus > 0)
        gain += need.gpus *
                    (row.of_device(kWhole) + kRemainderWeight * tables.remainder_milli[kWhole]) +
                row.of_whole(free.whole) -
                row.of_whole(static_cast<std::uint16_t>(free.whole - need.gpus));
      return {in_steps(gain), cluster.choose_devices(node, need), true};
    },
    true,
    [](const Cluster& cluster, const std::vector<TypicalShape>& typical)
        -> std::unique_ptr<PlaceTables> { return std::make_unique<Tables>(cluster, typical); }};

}  // namespace fulcrum::sched::stages

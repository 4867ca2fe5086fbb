// Fragmentation gradient descent (Weng et al., ATC 2023): the node whose fragmentation grows least,
// in whole points 100 * sigmoid(-growth / 1000); on it, the device likewise.
#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "sched/stages/fragmentation.h"
#include "sched/stages/stages.h"

namespace fulcrum::sched::stages {

namespace {

/// Sums in another order differ in their last bits; no two real scores are this close.
constexpr double kSameMilli = 1e-7;

/// floor(100 * sigmoid(gain / 1000)) without an exponential: points are at least 40 milli apart,
/// so a table by whole milli is off by one at most.
class Points {
 public:
  Points() {
    for (std::size_t points = 0; points < from_.size(); ++points) {
      const auto share = static_cast<double>(points) / 100;
      // The lowest is finite: a device that does not fit has a gain below it.
      from_[points] = points == 0     ? std::numeric_limits<double>::lowest()
                      : points == 100 ? INFINITY
                                      : 1000 * std::log(share / (1 - share));
    }
    for (int milli = -kMost; milli <= kMost; ++milli)
      at_[static_cast<std::size_t>(milli + kMost)] = static_cast<std::uint8_t>(
          std::upper_bound(from_.begin(), from_.end(), milli) - from_.begin() - 1);
  }
  int of(double gain_milli) const {
    const double gain = std::clamp<double>(gain_milli + kSameMilli, -kMost, kMost - 1);
    const std::uint8_t points = at_[static_cast<std::size_t>(gain + kMost)];
    return points + (gain >= from_[points + 1U] ? 1 : 0);
  }
  /// The least gain that has these points.
  double from(int points) const { return from_[static_cast<std::size_t>(points)] - kSameMilli; }

 private:
  static constexpr int kMost = 5000;  // sigmoid(5) is beyond 99 points
  std::array<double, 101> from_;
  std::array<std::uint8_t, 2 * kMost + 1> at_;
};
const Points kPoints;

Choice share_choice(const Fragmentation::Row& row, const NodeDevices& devices, std::uint16_t whole,
                    std::uint16_t milli, double before_without_devices) {
  std::array<double, kMaxDevices> gain;
  double best = -INFINITY;
  for (std::size_t i = 0; i < devices.kinds; ++i) {
    const std::uint16_t free = devices.free_milli[i];
    gain[i] = -INFINITY;
    if (free < milli) continue;
    gain[i] = before_without_devices + row.of_device(free) -
              row.of_device(static_cast<std::uint16_t>(free - milli));
    if (free == kWhole)
      gain[i] += row.of_whole(whole) - row.of_whole(static_cast<std::uint16_t>(whole - 1));
    best = std::max(best, gain[i]);
  }
  const int points = kPoints.of(best);
  const double least = kPoints.from(points);
  std::uint8_t first = kMaxDevices;
  for (std::size_t i = 0; i < devices.kinds; ++i)
    if (gain[i] >= least) first = std::min(first, devices.first[i]);
  return {static_cast<double>(points), DeviceMask{1} << first, true};
}

}  // namespace

const PlaceStage fgd{"fgd", summary_of("fgd"),
                     [](const PlaceContext& context, NodeIndex node, ShapeIndex shape) -> Choice {
                       const Cluster& cluster = context.cluster;
                       const Shape& need = cluster.shape_of(shape);
                       if (!cluster.fits(node, need)) return {};
                       const Fragmentation& tables = fragmentation_of(context);
                       const NodeDevices& devices = tables.devices(cluster, node);
                       const FreeNode& free = cluster.free(node);
                       const NodeSpec& spec = cluster.spec(node);
                       if (spec.cores_stand_in) return {50, 0, true};  // no devices, no fragments
                       const auto row = tables.row(spec.model, free.cpu_milli - need.cpu_milli);
                       const double gain =
                           devices.fragmentation_milli - tables.of_node(row, devices, free.whole);
                       if (need.gpus == 1 && need.gpu_milli < kWhole)
                         return share_choice(row, devices, free.whole,
                                             static_cast<std::uint16_t>(need.gpu_milli), gain);
                       const auto left = static_cast<std::uint16_t>(free.whole - need.gpus);
                       const double taken = need.gpus * row.of_device(kWhole) +
                                            row.of_whole(free.whole) - row.of_whole(left);
                       return {static_cast<double>(kPoints.of(gain + (need.gpus > 0 ? taken : 0))),
                               cluster.choose_devices(node, need), true};
                     },
                     true, fragmentation};

}  // namespace fulcrum::sched::stages

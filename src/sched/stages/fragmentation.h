#pragma once
// Fragmentation of a node: the GPU amount that a task drawn from the expected demand could not use
// on it (Weng et al., ATC 2023, section 4). With p_t the share of shape t,
//   F = sum_t p_t * (t asks for a GPU and fits ? free amount of devices smaller than t's share
//                                              : free amount of all devices).
// For a fixed model and free CPU it is a sum over devices of free * u(free) plus a term in the
// count of whole free devices, so that both are tables and an evaluation is a few look-ups.
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched::stages {

/// A node's devices by distinct free amount.
struct NodeDevices {
  std::uint64_t as_of = ~std::uint64_t{0};  // Cluster::last_change
  double fragmentation_milli = 0;
  std::uint8_t kinds = 0;  // entries used below
  std::array<std::uint16_t, kMaxDevices> free_milli{};
  std::array<std::uint8_t, kMaxDevices> count{};
  std::array<std::uint8_t, kMaxDevices> first{};  // the first such device
};

/// Single-threaded: it keeps what it worked out about nodes.
class Fragmentation final : public PlaceTables {
 public:
  Fragmentation(const Cluster& cluster, const std::vector<TypicalShape>& typical);

  const NodeDevices& devices(const Cluster& cluster, NodeIndex node) const {
    NodeDevices& kept = kept_[node];
    if (kept.as_of != cluster.last_change(node)) look_at(cluster, node, kept);
    return kept;
  }

  /// What depends on the model and on the free CPU.
  class Row {
   public:
    /// Of one device with this much free.
    double of_device(std::uint16_t free_milli) const {
      return free_milli * unusable_[step_of_[free_milli]];
    }
    /// Added for the count of whole free devices, because of shapes that ask for several: <= 0.
    double of_whole(std::uint16_t whole) const { return several_[whole]; }

   private:
    friend class Fragmentation;
    const double* unusable_;
    const double* several_;
    const std::uint8_t* step_of_;
  };
  Row row(std::uint16_t model, std::int64_t cpu_milli) const;
  /// Of the node as it is, devices added one by one.
  double of_node(const Row& row, const NodeDevices& devices, std::uint16_t whole) const {
    double sum = row.of_whole(whole);
    for (std::size_t i = 0; i < devices.kinds; ++i)
      sum += devices.count[i] * row.of_device(devices.free_milli[i]);
    return sum;
  }

 private:
  void look_at(const Cluster& cluster, NodeIndex node, NodeDevices& kept) const;
  void fill_row(const Cluster& cluster, const std::vector<TypicalShape>& typical,
                std::uint16_t model, std::size_t cpu_step);

  std::vector<std::int64_t> cpu_steps_;           // CPU asked for with GPUs, ascending, distinct
  std::vector<std::uint32_t> amounts_;            // device shares asked for, ascending, distinct
  std::array<std::uint8_t, kWhole + 1> step_of_;  // count of amounts_ that are <= it
  int cpu_shift_ = 0;
  std::vector<std::uint16_t> cpu_start_;  // [cpu >> shift]: count of steps <= its lower end
  std::size_t row_doubles_ = 0;
  std::vector<double> rows_;  // [model][cpu step][unusable by amount step, several by whole]
  mutable std::vector<NodeDevices> kept_;
};

/// A PlaceStage::prepare.
std::unique_ptr<PlaceTables> fragmentation(const Cluster& cluster,
                                           const std::vector<TypicalShape>& typical);
inline const Fragmentation& fragmentation_of(const PlaceContext& context) {
  return static_cast<const Fragmentation&>(*context.tables);
}

}  // namespace fulcrum::sched::stages

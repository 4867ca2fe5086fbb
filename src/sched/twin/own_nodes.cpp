#include "sched/twin/own_nodes.h"

#include <algorithm>

namespace fulcrum::sched {

namespace {

/// null: the entry describes none.
const base::json::value* node_of(const base::json::value& entry, bool simulated) {
  const auto* node = base::find_path(entry, "node");
  return node != nullptr && base::get_bool(*node, "simulated") == simulated ? node : nullptr;
}

bool of_cores(const base::json::value& node) {
  return base::get_string(node, "device_kind") == "core";
}

ClusterSize size_of(const base::json::value& node) {
  ClusterSize size;
  size.nodes = 1;
  size.cpu_milli = std::max<std::int64_t>(1, base::get_integer(node, "cpu_milli"));
  size.memory_bytes = base::get_integer(node, "memory_bytes");
  size.price_usd_per_hour = base::get_number(node, "price_usd_per_hour");
  size.cores = of_cores(node);
  const auto* devices = base::find_path(node, "devices");
  const std::size_t gpus =
      devices != nullptr && devices->is_array() ? devices->as_array().size() : 0;
  size.devices = static_cast<std::uint32_t>(
      size.cores ? std::max<std::int64_t>(1, size.cpu_milli / kWhole)
                 : static_cast<std::int64_t>(std::min<std::size_t>(gpus, kMaxDevices)));
  return size;
}

bool alike(const ClusterSize& a, const ClusterSize& b) {
  return a.devices == b.devices && a.cpu_milli == b.cpu_milli && a.memory_bytes == b.memory_bytes &&
         a.cores == b.cores && a.price_usd_per_hour == b.price_usd_per_hour;
}

}  // namespace

bool only_cores(const base::json::array& nodes, bool simulated) {
  return std::all_of(nodes.begin(), nodes.end(), [&](const base::json::value& entry) {
    const auto* node = node_of(entry, simulated);
    return node == nullptr || of_cores(*node);
  });
}

base::Result<ClusterSize> cluster_of_nodes(const base::json::array& nodes, bool simulated) {
  const auto refuse = [](std::string message) {
    return base::usage("sim.cluster", std::move(message), "cluster",
                       "say it as nodes x devices, for example --cluster 4x8");
  };
  ClusterSize all;
  for (const auto& entry : nodes) {
    const auto* node = node_of(entry, simulated);
    if (node == nullptr || base::get_string(entry, "availability") != "up") continue;
    const ClusterSize one = size_of(*node);
    if (all.nodes > 0 && !alike(all, one)) return refuse("the home's nodes are not alike");
    const std::uint32_t before = all.nodes;
    all = one;
    all.nodes = before + 1;
  }
  if (all.nodes == 0) return refuse("the home has no node that is up");
  if (all.devices == 0) return refuse("the home's nodes have no device");
  return all;
}

}  // namespace fulcrum::sched

#include "sched/twin/own_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

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

std::map<std::string, std::int64_t> custom_of(const base::json::value& node) {
  std::map<std::string, std::int64_t> amounts;
  if (const auto* custom = base::find_path(node, "custom");
      custom != nullptr && custom->is_object())
    for (const auto& [name, amount] : custom->as_object())
      if (amount.is_int64()) amounts.emplace(name, amount.as_int64());
  return amounts;
}

/// Different ones joined by "+", which no job names: such a node serves jobs that name none.
std::string model_of(const base::json::array& devices) {
  std::set<std::string> models;
  for (const auto& device : devices) models.insert(base::get_string(device, "model"));
  return fmt::format("{}", fmt::join(models, "+"));
}

ClusterSize size_of(const base::json::value& node) {
  ClusterSize size;
  size.nodes = 1;
  size.cpu_milli = std::max<std::int64_t>(1, base::get_integer(node, "cpu_milli"));
  size.memory_bytes = base::get_integer(node, "memory_bytes");
  size.price_usd_per_hour = base::get_number(node, "price_usd_per_hour");
  size.cores = of_cores(node);
  const std::string kind = base::get_string(node, "device_kind");
  if (kind == "tpu") size.kind = DeviceClass::kTpu;
  if (kind == "other") size.kind = DeviceClass::kOther;
  size.custom = custom_of(node);
  const auto* devices = base::find_path(node, "devices");
  if (!size.cores && devices != nullptr && devices->is_array())
    size.model = model_of(devices->as_array());
  const std::size_t gpus =
      devices != nullptr && devices->is_array() ? devices->as_array().size() : 0;
  size.devices = static_cast<std::uint32_t>(
      size.cores ? std::max<std::int64_t>(1, size.cpu_milli / kWhole)
                 : static_cast<std::int64_t>(std::min<std::size_t>(gpus, kMaxDevices)));
  return size;
}

bool alike(const ClusterSize& a, const ClusterSize& b) {
  return a.devices == b.devices && a.cpu_milli == b.cpu_milli && a.memory_bytes == b.memory_bytes &&
         a.cores == b.cores && a.kind == b.kind && a.price_usd_per_hour == b.price_usd_per_hour &&
         a.model == b.model && a.custom == b.custom;
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
  // Kinds in the order of the nodes' names, which decides ties.
  std::vector<ClusterSize> kinds;
  for (const auto& entry : nodes) {
    const auto* node = node_of(entry, simulated);
    if (node == nullptr || base::get_string(entry, "availability") != "up") continue;
    ClusterSize one = size_of(*node);
    if (one.devices == 0) return refuse("a node of the home has no device");
    if (!kinds.empty() && alike(kinds.back(), one))
      ++kinds.back().nodes;
    else
      kinds.push_back(std::move(one));
    if (kinds.back().cores != kinds.front().cores)
      return refuse("some of the home's nodes have GPUs, and some have none");
  }
  if (kinds.empty()) return refuse("the home has no node that is up");
  ClusterSize all = std::move(kinds.front());
  all.more.assign(std::make_move_iterator(kinds.begin() + 1), std::make_move_iterator(kinds.end()));
  return all;
}

}  // namespace fulcrum::sched

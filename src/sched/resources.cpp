#include "sched/resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace fulcrum::sched {

namespace {

std::int64_t amount_of(const std::map<std::string, std::int64_t>& amounts,
                       const std::string& name) {
  const auto found = amounts.find(name);
  return found == amounts.end() ? 0 : found->second;
}

bool covers(const std::map<std::string, std::int64_t>& have,
            const std::map<std::string, std::int64_t>& need) {
  return std::all_of(need.begin(), need.end(), [&](const auto& entry) {
    return amount_of(have, entry.first) >= entry.second;
  });
}

std::uint32_t free_devices(const NodeState& state, const Demand& demand) {
  return static_cast<std::uint32_t>(
      std::count_if(state.free_device_milli.begin(), state.free_device_milli.end(),
                    [&](std::int64_t milli) { return milli >= demand.gpu_milli; }));
}

}  // namespace

NodeState empty_node(Node node) {
  NodeState state;
  state.free_cpu_milli = node.cpu_milli;
  state.free_memory_bytes = node.memory_bytes;
  state.free_device_milli.assign(node.devices.size(), kWholeMilli);
  state.free_custom = node.custom;
  state.node = std::move(node);
  return state;
}

Demand on_node(const Demand& demand, const Node& node) {
  if (node.device_kind != DeviceKind::kCore || !kind_allowed(demand, node.device_kind) ||
      demand.gpus == 0)
    return demand;
  Demand counted = demand;
  counted.cpu_milli =
      std::max(demand.cpu_milli, static_cast<std::int64_t>(demand.gpus) * demand.gpu_milli);
  return counted;
}

bool model_allowed(const std::string& allowed, const std::string& model) {
  if (allowed.empty()) return true;
  for (std::size_t start = 0; start <= allowed.size();) {
    const std::size_t end = std::min(allowed.find('|', start), allowed.size());
    if (allowed.compare(start, end - start, model) == 0) return true;
    start = end + 1;
  }
  return false;
}

bool kind_allowed(const Demand& demand, DeviceKind kind) {
  if (demand.gpus == 0 || demand.device_kind == kind) return true;
  return demand.device_kind == DeviceKind::kGpu && kind == DeviceKind::kCore;
}

DeviceClass class_of(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::kGpu:
      return DeviceClass::kGpu;
    case DeviceKind::kCore:
      return DeviceClass::kCore;
    case DeviceKind::kTpu:
      return DeviceClass::kTpu;
    case DeviceKind::kOther:
      return DeviceClass::kOther;
  }
  return DeviceClass::kOther;
}

std::string name_of(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::kGpu:
      return "gpu";
    case DeviceKind::kCore:
      return "core";
    case DeviceKind::kTpu:
      return "tpu";
    case DeviceKind::kOther:
      return "other";
  }
  return {};
}

bool models_allowed(const Demand& demand, const Node& node) {
  if (!kind_allowed(demand, node.device_kind)) return false;
  if (demand.gpus == 0 || demand.gpu_model.empty()) return true;
  if (node.devices.empty()) return model_allowed(demand.gpu_model, "core");
  return std::all_of(node.devices.begin(), node.devices.end(), [&](const Device& device) {
    return model_allowed(demand.gpu_model, device.model);
  });
}

std::uint32_t room_if_empty(const Node& node, const Demand& demand, std::uint32_t most) {
  NodeState state = empty_node(node);
  std::uint32_t room = 0;
  while (room < most && fits_now(state, demand) && take(state, choose(state, demand))) ++room;
  return room;
}

bool fits_now(const NodeState& state, const Demand& demand) {
  const bool as_cores = state.node.device_kind == DeviceKind::kCore;
  const std::int64_t cpu_milli =
      as_cores ? on_node(demand, state.node).cpu_milli : demand.cpu_milli;
  return state.free_cpu_milli >= cpu_milli && state.free_memory_bytes >= demand.memory_bytes &&
         (as_cores || demand.gpus == 0 || free_devices(state, demand) >= demand.gpus) &&
         models_allowed(demand, state.node) &&
         (demand.custom.empty() || covers(state.free_custom, demand.custom));
}

bool fits_ever(const Node& node, const Demand& demand) {
  return fits_now(empty_node(node), demand);
}

Taken choose(const NodeState& state, const Demand& demand) {
  Taken taken{.cpu_milli = on_node(demand, state.node).cpu_milli,
              .memory_bytes = demand.memory_bytes,
              .devices = {},
              .device_milli_each = demand.gpus > 0 ? demand.gpu_milli : 0,
              .custom = demand.custom};
  if (state.node.device_kind == DeviceKind::kCore && demand.gpu_milli < kWholeMilli) return taken;
  while (taken.devices.size() < demand.gpus) {
    std::size_t best = state.node.devices.size();
    for (std::size_t i = 0; i < state.node.devices.size(); ++i) {
      const auto position = static_cast<std::uint32_t>(i);
      if (state.free_device_milli[i] < demand.gpu_milli ||
          std::find(taken.devices.begin(), taken.devices.end(), position) != taken.devices.end())
        continue;
      if (best == state.node.devices.size() ||
          state.free_device_milli[i] < state.free_device_milli[best])
        best = i;
    }
    if (best == state.node.devices.size()) break;
    taken.devices.push_back(static_cast<std::uint32_t>(best));
  }
  std::sort(taken.devices.begin(), taken.devices.end());
  return taken;
}

base::Status take(NodeState& state, const Taken& taken) {
  const auto missing = [&](const std::string& what) {
    return base::conflict("node.taken", fmt::format("{} has no free {}", state.node.name, what));
  };
  if (state.free_cpu_milli < taken.cpu_milli) return missing("cpu");
  if (state.free_memory_bytes < taken.memory_bytes) return missing("memory");
  if (!covers(state.free_custom, taken.custom)) return missing("custom resource");
  std::vector<std::uint32_t> devices = taken.devices;
  std::sort(devices.begin(), devices.end());
  if (std::adjacent_find(devices.begin(), devices.end()) != devices.end())
    return missing("second use of one device");
  for (const auto position : devices)
    if (position >= state.free_device_milli.size() ||
        state.free_device_milli[position] < taken.device_milli_each)
      return missing(fmt::format("device {}", position));
  state.free_cpu_milli -= taken.cpu_milli;
  state.free_memory_bytes -= taken.memory_bytes;
  for (const auto position : devices) state.free_device_milli[position] -= taken.device_milli_each;
  for (const auto& [name, amount] : taken.custom) state.free_custom[name] -= amount;
  ++state.running;
  return {};
}

void give_back(NodeState& state, const Taken& taken) {
  state.free_cpu_milli += taken.cpu_milli;
  state.free_memory_bytes += taken.memory_bytes;
  for (const auto position : taken.devices)
    if (position < state.free_device_milli.size())
      state.free_device_milli[position] += taken.device_milli_each;
  for (const auto& [name, amount] : taken.custom) state.free_custom[name] += amount;
  if (state.running > 0) --state.running;
}

std::int64_t device_milli(const Node& node, const Taken& taken) {
  if (node.device_kind == DeviceKind::kCore) return taken.cpu_milli;
  return static_cast<std::int64_t>(taken.devices.size()) * taken.device_milli_each;
}

double price_usd_per_hour(const Node& node, const Taken& taken) {
  if (node.devices.empty()) {
    return node.cpu_milli == 0 ? 0
                               : node.price_usd_per_hour * static_cast<double>(taken.cpu_milli) /
                                     static_cast<double>(node.cpu_milli);
  }
  return node.price_usd_per_hour * static_cast<double>(device_milli(node, taken)) /
         static_cast<double>(kWholeMilli * static_cast<std::int64_t>(node.devices.size()));
}

}  // namespace fulcrum::sched

#include "sched/refusal.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace fulcrum::sched {

namespace {

/// One resource over all nodes.
struct Tally {
  std::int64_t free = 0, largest = 0, capacity = 0;
  void add(std::int64_t node_free, std::int64_t node_capacity) {
    free += node_free;
    largest = std::max(largest, node_free);
    capacity = std::max(capacity, node_capacity);
  }
};

Refusal short_of(RefusalCode code, std::int64_t need, const Tally& tally, std::string resource) {
  return {code, std::move(resource), need, tally.free, tally.largest, tally.capacity, ""};
}

std::int64_t usable(const NodeState& state, const Demand& demand) {
  if (!models_allowed(demand, state.node)) return 0;
  if (state.node.device_kind == DeviceKind::kCore) return state.free_cpu_milli / demand.gpu_milli;
  return std::count_if(state.free_device_milli.begin(), state.free_device_milli.end(),
                       [&](std::int64_t milli) { return milli >= demand.gpu_milli; });
}

std::uint32_t room_on(NodeState state, const Demand& demand, std::uint32_t most) {
  std::uint32_t room = 0;
  while (room < most && fits_now(state, demand) && take(state, choose(state, demand))) ++room;
  return room;
}

Refusal gang(const std::vector<const NodeState*>& nodes, const Demand& demand, std::uint32_t tasks,
             bool empty) {
  std::int64_t free = 0, capacity = 0, largest = 0;
  for (const NodeState* state : nodes) {
    if (!empty && state->availability != Availability::kUp) continue;
    capacity += room_if_empty(state->node, demand, tasks);
    const std::int64_t here = empty ? 0 : room_on(*state, demand, tasks);
    free += here;
    largest = std::max(largest, here);
  }
  return {RefusalCode::kGang, "", tasks, free, largest, capacity, ""};
}

std::string gibibytes(std::int64_t bytes) {
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / (1 << 30));
}

double devices(std::int64_t milli) {
  return static_cast<double>(milli) / kWholeMilli;
}

std::string cores(std::int64_t milli) {
  return fmt::format("{:g} cores", static_cast<double>(milli) / kWholeMilli);
}

}  // namespace

Refusal explain(const std::vector<const NodeState*>& nodes, const Demand& demand, bool simulated,
                std::uint32_t tasks, bool empty) {
  Tally gpu, cpu, memory;
  std::map<std::string, Tally> custom;
  std::int64_t cpu_need = demand.cpu_milli, up = 0, of_kind = 0;
  for (const NodeState* known : nodes) {
    const NodeState& state = *known;
    if (!empty && state.availability != Availability::kUp) continue;
    ++up;
    of_kind += kind_allowed(demand, state.node.device_kind) ? 1 : 0;
    const NodeState bare = empty_node(state.node);
    const NodeState& now = empty ? bare : state;
    cpu_need = std::max(cpu_need, on_node(demand, state.node).cpu_milli);
    gpu.add(usable(now, demand), usable(bare, demand));
    cpu.add(now.free_cpu_milli, bare.free_cpu_milli);
    memory.add(now.free_memory_bytes, bare.free_memory_bytes);
    for (const auto& [resource, amount] : demand.custom) {
      const auto free = now.free_custom.find(resource), all = bare.free_custom.find(resource);
      custom[resource].add(free == now.free_custom.end() ? 0 : free->second,
                           all == bare.free_custom.end() ? 0 : all->second);
    }
  }
  if (up == 0) return {RefusalCode::kNoNode, simulated ? "simulated" : "", 0, 0, 0, 0, ""};
  const bool one_fits = std::any_of(nodes.begin(), nodes.end(), [&](const NodeState* state) {
    return empty ? fits_ever(state->node, demand)
                 : state->availability == Availability::kUp && fits_now(*state, demand);
  });
  if (one_fits && tasks > 1) return gang(nodes, demand, tasks, empty);
  if (of_kind == 0)
    return short_of(RefusalCode::kDeviceKindAbsent, demand.gpus, gpu, name_of(demand.device_kind));
  if (demand.gpus > 0 && gpu.capacity == 0 && !demand.gpu_model.empty())
    return short_of(RefusalCode::kGpuModelAbsent, demand.gpus, gpu, demand.gpu_model);
  if (gpu.largest < demand.gpus)
    return short_of(RefusalCode::kNotEnoughGpu, demand.gpus, gpu, demand.gpu_model);
  if (cpu.largest < cpu_need) return short_of(RefusalCode::kNotEnoughCpu, cpu_need, cpu, "");
  if (memory.largest < demand.memory_bytes)
    return short_of(RefusalCode::kNotEnoughMemory, demand.memory_bytes, memory, "");
  for (const auto& [resource, amount] : demand.custom)
    if (custom[resource].largest < amount)
      return short_of(RefusalCode::kNotEnoughCustom, amount, custom[resource], resource);
  return short_of(RefusalCode::kFragmented, demand.gpus, gpu, "");
}

std::string sentence(const Refusal& refusal) {
  const auto amounts = [&](const std::function<std::string(std::int64_t)>& show) {
    return fmt::format(
        "needs {}, the largest free on one node is {} ({} free in all, {} on the "
        "largest node when empty)",
        show(refusal.need), show(refusal.largest_free_on_one_node), show(refusal.free),
        show(refusal.capacity));
  };
  const auto plain = [](const std::string& unit) {
    return [unit](std::int64_t amount) { return fmt::format("{} {}", amount, unit); };
  };
  const auto in_devices = [](std::int64_t amount) {
    return fmt::format("{} device{}", amount, amount == 1 ? "" : "s");
  };
  switch (refusal.code) {
    case RefusalCode::kHeld:
      return "held until it is released";
    case RefusalCode::kDependency:
      return refusal.need == 1 ? fmt::format("waits for job {} to succeed", refusal.job)
                               : fmt::format("waits for {} jobs to succeed, the first is {}",
                                             refusal.need, refusal.job);
    case RefusalCode::kArrayLimit:
      return fmt::format("as many jobs of array {} as may go at once ({}) are queued or run",
                         refusal.resource, refusal.need);
    case RefusalCode::kGang:
      return fmt::format(
          "needs room for {} tasks at once, there is room for {} now ({} when all is empty)",
          refusal.need, refusal.free, refusal.capacity);
    case RefusalCode::kNoNode:
      return refusal.resource.empty() ? "no node is up" : "no simulated node is up";
    case RefusalCode::kDeviceKindAbsent:
      return fmt::format("needs {} of kind {}, and no node has one", in_devices(refusal.need),
                         refusal.resource);
    case RefusalCode::kGpuModelAbsent:
      return fmt::format("needs {} of model {}, and no node has one", in_devices(refusal.need),
                         refusal.resource);
    case RefusalCode::kNotEnoughGpu:
      return amounts(in_devices);
    case RefusalCode::kNotEnoughCpu:
      return amounts(cores);
    case RefusalCode::kNotEnoughMemory:
      return amounts(gibibytes);
    case RefusalCode::kNotEnoughCustom:
      return amounts(plain(refusal.resource));
    case RefusalCode::kFragmented:
      return "each resource is free somewhere, but no single node has all of them free together";
    case RefusalCode::kBehind:
      if (refusal.job.empty()) return "the next to start; the policy looks at it again at once";
      return fmt::format("job {} is ahead and waits for the same nodes", refusal.job);
    case RefusalCode::kQuota:
      return fmt::format("needs {:g} devices, and quota {} has {:g} left of its limit of {:g}",
                         devices(refusal.need), refusal.resource, devices(refusal.free),
                         devices(refusal.capacity));
    case RefusalCode::kBudget:
      return fmt::format("the budget of {} is used up: {:.2f} of {:.2f} USD{}", refusal.resource,
                         refusal.spent_usd, refusal.budget_usd,
                         refusal.from_us > 0 ? ", until it begins anew" : "");
    case RefusalCode::kWindow:
      return fmt::format("{} begins before this job would have ended on the nodes that are free",
                         refusal.resource);
  }
  return {};
}

}  // namespace fulcrum::sched

// Machines: added, drained, resumed, removed, measured.
#include <fmt/format.h>

#include "sched/decide.h"

namespace fulcrum::sched {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

base::Result<const NodeState*> known(const State& state, const std::string& name) {
  const auto found = state.nodes.find(name);
  if (found != state.nodes.end()) return &found->second;
  return base::not_found("node.unknown", fmt::format("there is no node {}", name),
                         "`fulcrum node list` shows them");
}

base::Status check(const Node& node) {
  if (node.name.empty()) return base::usage("node.name", "a node needs a name", "name");
  if (node.cpu_milli < 0 || node.memory_bytes < 0)
    return base::usage("node.amount", "an amount cannot be negative", "cpu_milli");
  if (!(node.price_usd_per_hour >= 0))
    return base::usage("node.price", "a price cannot be negative", "price_usd_per_hour");
  for (const auto& [name, amount] : node.custom)
    if (amount < 0)
      return base::usage("node.amount", "an amount cannot be negative", "custom." + name);
  if (node.device_kind != DeviceKind::kCore && node.devices.size() > kMostDevices)
    return base::usage("node.devices", fmt::format("a node has at most {} devices", kMostDevices),
                       "devices", "describe the rest as a node of its own");
  if (node.devices.empty() && node.cpu_milli == 0)
    return base::usage("node.empty", "a node has devices or cpu_milli", "devices");
  return {};
}

std::string busy_text(std::uint32_t running, const std::string& node) {
  return running == 1 ? fmt::format("1 job runs on {}", node)
                      : fmt::format("{} jobs run on {}", running, node);
}

ledger::NewEvent availability(const std::string& node, Availability value) {
  return event("node/" + node, NodeAvailabilityChanged{node, value});
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const Node& command, const Context&) {
  CHECK_OK(check(command));
  const auto found = state.nodes.find(command.name);
  if (found != state.nodes.end()) {
    if (found->second.node == command) return NewEvents{};  // a drained one stays drained
    if (found->second.running > 0)
      return base::conflict("node.busy", busy_text(found->second.running, command.name),
                            "drain it, and describe it anew when they have ended");
  }
  return NewEvents{event("node/" + command.name, NodeAdded{command})};
}

base::Result<NewEvents> decide(const State& state, const DrainNode& command, const Context&) {
  TRY(const NodeState* node, known(state, command.node));
  if (node->availability == Availability::kDraining) return NewEvents{};
  return NewEvents{availability(command.node, Availability::kDraining)};
}

base::Result<NewEvents> decide(const State& state, const ResumeNode& command, const Context&) {
  TRY(const NodeState* node, known(state, command.node));
  if (node->availability == Availability::kUp) return NewEvents{};
  return NewEvents{availability(command.node, Availability::kUp)};
}

base::Result<NewEvents> decide(const State& state, const RemoveNode& command, const Context&) {
  TRY(const NodeState* node, known(state, command.node));
  if (node->running > 0)
    return base::conflict("node.busy", busy_text(node->running, command.node),
                          "drain it first, or cancel them");
  return NewEvents{event("node/" + command.node, NodeRemoved{command.node})};
}

base::Result<NewEvents> decide(const State& state, const AssessNode& command, const Context&) {
  TRY(const NodeState* node, known(state, command.node));
  (void)node;
  return NewEvents{event("node/" + command.node, NodeAssessed{command})};
}

void evolve(State& state, const NodeAdded& added, const EventMeta& meta) {
  state.nodes[added.node.name] = empty_node(added.node);
  state.changes.add(ChangeOf::kNodes, added.node.name);
  state.last_us = meta.time_us;
}

void evolve(State& state, const NodeAvailabilityChanged& changed, const EventMeta& meta) {
  state.nodes[changed.node].availability = changed.availability;
  state.changes.add(ChangeOf::kAvailability, changed.node);
  state.last_us = meta.time_us;
}

void evolve(State& state, const NodeRemoved& removed, const EventMeta& meta) {
  state.nodes.erase(removed.node);
  state.changes.add(ChangeOf::kNodes, removed.node);
  state.last_us = meta.time_us;
}

void evolve(State& state, const NodeAssessed&, const EventMeta& meta) {
  state.last_us = meta.time_us;
}

}  // namespace fulcrum::sched

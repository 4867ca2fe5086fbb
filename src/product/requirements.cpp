// Products, their requirements, and the gates that prove them.
#include <cmath>

#include "product/decide.h"

namespace fulcrum::product {

using ledger::Context;
using ledger::EventMeta;
using ledger::NewEvents;

namespace {

base::Result<const Requirement*> find_requirement(const State& state, const std::string& id) {
  const auto found = state.requirements.find(id);
  if (found == state.requirements.end())
    return base::not_found("requirement.unknown", "no requirement " + id, "see requirement.list");
  return &found->second;
}

std::string gate_key(const std::string& gate, const std::string& requirement) {
  return requirement.empty() ? gate : gate + "/" + requirement;
}

/// Whether the requirement's gate passed when last recorded, for it alone or for all that name it.
bool gate_passed(const State& state, const std::string& id, const Requirement& requirement) {
  for (const auto& key : {gate_key(requirement.gate, id), requirement.gate})
    if (const auto found = state.gates.find(key); found != state.gates.end()) return found->second;
  return false;
}

base::Result<NewEvents> link(const State& state, const std::string& id, LinkKind kind,
                             const std::string& name, const std::string& target) {
  TRY(const auto* requirement, find_requirement(state, id));
  if (target.empty()) return base::usage("link.empty", "name what to link", name);
  if (requirement->links.contains(name + ":" + target)) return NewEvents{};
  return NewEvents{event("requirement/" + id, RequirementLinked{id, kind, target})};
}

std::string link_name(LinkKind kind) {
  switch (kind) {
    case LinkKind::kDesign:
      return "design";
    case LinkKind::kTest:
      return "test";
    case LinkKind::kCanary:
      return "release";
  }
  return {};
}

}  // namespace

base::Result<NewEvents> decide(const State& state, const DeclareProduct& command, const Context&) {
  if (command.product.empty()) return base::usage("product.id", "a product needs an id", "product");
  const auto found = state.products.find(command.product);
  if (found != state.products.end() && found->second == command.title + "\n" + command.purpose)
    return NewEvents{};
  return NewEvents{event("product/" + command.product,
                         ProductDeclared{command.product, command.title, command.purpose})};
}

base::Result<NewEvents> decide(const State& state, const AddRequirement& command, const Context&) {
  if (command.id.empty()) return base::usage("requirement.id", "a requirement needs an id", "id");
  if (!(command.weight > 0) || !std::isfinite(command.weight))
    return base::usage("requirement.weight", "a weight is above 0", "weight");
  const auto found = state.requirements.find(command.id);
  if (found != state.requirements.end()) {
    const Requirement& old = found->second;
    if (!old.dropped && old.title == command.title && old.weight == command.weight &&
        old.gate == command.gate && old.due_us == command.due_us && old.product == command.product)
      return NewEvents{};
  }
  return NewEvents{event("requirement/" + command.id,
                         RequirementAdded{command.id, command.title, command.weight, command.gate,
                                          command.due_us, command.product})};
}

base::Result<NewEvents> decide(const State& state, const AcceptRequirement& command,
                               const Context&) {
  TRY(const auto* requirement, find_requirement(state, command.requirement));
  if (requirement->dropped)
    return base::refused("requirement.dropped", command.requirement + " was dropped",
                         "add it again first");
  if (requirement->accepted) return NewEvents{};
  if (!requirement->gate.empty() && !gate_passed(state, command.requirement, *requirement))
    return base::refused("requirement.gate", "gate " + requirement->gate + " has not passed",
                         "record it with gate.record once it passes");
  return NewEvents{event("requirement/" + command.requirement,
                         RequirementAccepted{command.requirement, command.note})};
}

base::Result<NewEvents> decide(const State& state, const DropRequirement& command, const Context&) {
  TRY(const auto* requirement, find_requirement(state, command.requirement));
  if (command.reason.empty())
    return base::usage("requirement.reason", "dropping needs a reason", "reason");
  if (requirement->dropped) return NewEvents{};
  return NewEvents{event("requirement/" + command.requirement,
                         RequirementDropped{command.requirement, command.reason})};
}

base::Result<NewEvents> decide(const State& state, const LinkDesign& c, const Context&) {
  return link(state, c.requirement, LinkKind::kDesign, "design", c.design);
}
base::Result<NewEvents> decide(const State& state, const LinkTest& c, const Context&) {
  return link(state, c.requirement, LinkKind::kTest, "test", c.test);
}
base::Result<NewEvents> decide(const State& state, const LinkCanary& c, const Context&) {
  return link(state, c.requirement, LinkKind::kCanary, "release", c.release);
}

base::Result<NewEvents> decide(const State& state, const RecordGate& command, const Context&) {
  if (command.gate.empty()) return base::usage("gate.name", "a gate needs a name", "gate");
  if (!std::isfinite(command.value) || !std::isfinite(command.target))
    return base::usage("gate.value", "value and target are finite numbers", "value");
  if (!command.requirement.empty()) {
    TRY([[maybe_unused]] const auto* requirement, find_requirement(state, command.requirement));
  }
  return NewEvents{
      event("gate/" + command.gate,
            GateRecorded{command.gate, command.requirement, command.value, command.target,
                         command.passed, command.evidence, command.simulated})};
}

void evolve(State& state, const ProductDeclared& e, const EventMeta&) {
  state.products[e.product] = e.title + "\n" + e.purpose;
}
void evolve(State& state, const RequirementAdded& e, const EventMeta&) {
  Requirement& requirement = state.requirements[e.id];
  // A changed requirement has to be accepted again; its links stay.
  requirement = Requirement{e.title,   e.weight, e.gate, e.due_us,
                            e.product, false,    false,  std::move(requirement.links)};
}
void evolve(State& state, const RequirementAccepted& e, const EventMeta&) {
  state.requirements[e.requirement].accepted = true;
}
void evolve(State& state, const RequirementDropped& e, const EventMeta&) {
  state.requirements[e.requirement].dropped = true;
}
void evolve(State& state, const RequirementLinked& e, const EventMeta&) {
  state.requirements[e.requirement].links[link_name(e.kind) + ":" + e.target] = true;
}
void evolve(State& state, const GateRecorded& e, const EventMeta&) {
  state.gates[gate_key(e.gate, e.requirement)] = e.passed;
}

}  // namespace fulcrum::product

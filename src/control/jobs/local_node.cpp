#include "control/jobs/local_node.h"

#include "exec/machine.h"
#include "sched/assess.h"
#include "sched/pillar.h"

namespace fulcrum::control {

namespace {

constexpr const char* kActor = "service/dispatcher";

}  // namespace

base::Result<std::string> register_local_node(Engine& engine) {
  const exec::Machine machine = exec::inspect_machine();
  double price_usd_per_hour = 0;  // a price that somebody gave it stays
  engine.with_pillar("sched", [&](const ledger::Pillar& pillar) {
    const auto& nodes = sched::state_of(pillar).nodes;
    if (const auto found = nodes.find(machine.name); found != nodes.end())
      price_usd_per_hour = found->second.node.price_usd_per_hour;
  });
  const auto reply = engine.submit({"node.add",
                                    sched::node_body(machine, price_usd_per_hour),
                                    kActor,
                                    ledger::Role::kOwner,
                                    {}});
  if (!reply && reply.error().code != "node.busy") return base::Failure(reply.error());
  return machine.name;
}

LocalNode measure_local_node() {
  const exec::Machine machine = exec::inspect_machine();
  return {sched::node_body(machine, 0),
          sched::assessment_body(machine, exec::measure_speed(machine.cores))};
}

}  // namespace fulcrum::control

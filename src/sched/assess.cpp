#include "sched/assess.h"

#include "base/codec.h"
#include "sched/types.h"

namespace fulcrum::sched {

base::json::object node_body(const exec::Machine& machine, double price_usd_per_hour) {
  Node node;
  node.name = machine.name;
  node.cpu_milli = machine.cores * kWholeMilli;
  node.memory_bytes = machine.memory_bytes;
  node.price_usd_per_hour = price_usd_per_hour;
  for (const auto& gpu : machine.gpus)
    node.devices.push_back({gpu.index, gpu.model, gpu.memory_bytes});
  if (node.devices.empty()) {
    node.device_kind = DeviceKind::kCore;
    for (std::int64_t core = 0; core < machine.cores; ++core)
      node.devices.push_back({static_cast<std::uint32_t>(core), "core", 0});
  }
  return base::encode(node).get_object();
}

base::json::object assessment_body(const exec::Machine& machine, const exec::Speed& speed) {
  AssessNode assessment{.node = machine.name,
                        .cores = machine.cores,
                        .memory_bytes = machine.memory_bytes,
                        .one_thread_gflop_per_s = speed.one_thread_gflop_per_s,
                        .all_threads_gflop_per_s = speed.all_threads_gflop_per_s,
                        .memory_gb_per_s = speed.memory_gb_per_s,
                        .devices = {}};
  for (const auto& gpu : machine.gpus)
    assessment.devices.push_back({gpu.index, gpu.model, gpu.memory_bytes});
  return base::encode(assessment).get_object();
}

}  // namespace fulcrum::sched

#pragma once
// Why a job is not placed, as data; rendered once for people (sentence) and once for machines (the
// described struct).
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "sched/resources.h"

namespace fulcrum::sched {

enum class RefusalCode {
  kHeld,              // waits for job.release
  kDependency,        // waits for the success of `need` jobs, the first is `job`
  kArrayLimit,        // `need` jobs of the array `resource` are queued or run: all that may
  kNoNode,            // no node that may run such a job is up
  kDeviceKindAbsent,  // no node has devices of the wanted kind
  kGpuModelAbsent,    // no node has a device of the wanted model
  kNotEnoughGpu,      // need, free, largest_free_on_one_node, capacity
  kNotEnoughCpu,      // the same in cpu_milli
  kNotEnoughMemory,   // the same in bytes
  kNotEnoughCustom,   // the same, resource names it
  kFragmented,        // each amount is free somewhere, all of them on no single node
  kGang,              // `need` tasks, room now for `free` of them, at most `capacity` when empty
  kBehind,            // `job` is ahead and waits for what this one would take
  // `resource` names the quota, or the reservation:
  kQuota,   // need, free (left of the limit), capacity (the limit): in thousandths of devices
  kBudget,  // spent_usd, budget_usd; from_us: when it begins anew, 0: never
  kWindow,  // from_us: begins before this job would have ended; need: seconds that it needs
};
BOOST_DESCRIBE_ENUM(RefusalCode, kHeld, kDependency, kArrayLimit, kNoNode, kDeviceKindAbsent,
                    kGpuModelAbsent, kNotEnoughGpu, kNotEnoughCpu, kNotEnoughMemory,
                    kNotEnoughCustom, kFragmented, kGang, kBehind, kQuota, kBudget, kWindow)

struct Refusal {
  RefusalCode code = RefusalCode::kNoNode;
  std::string resource;  // name of a custom resource, or the wanted kind or model
  std::int64_t need = 0;
  std::int64_t free = 0;  // over all nodes that may run it
  std::int64_t largest_free_on_one_node = 0;
  std::int64_t capacity = 0;  // of the largest node, if it were empty
  std::string job;            // who is ahead
  std::int64_t from_us = 0;
  double spent_usd = 0;
  double budget_usd = 0;
};
BOOST_DESCRIBE_STRUCT(Refusal, (),
                      (code, resource, need, free, largest_free_on_one_node, capacity, job, from_us,
                       spent_usd, budget_usd))

std::string sentence(const Refusal& refusal);

/// The dominant reason why these nodes do not meet the demand of `tasks` tasks; call it only when
/// they do not. `simulated`: which kind of node they are. `empty`: as if nothing ran (a demand that
/// can never be met).
Refusal explain(const std::vector<const NodeState*>& nodes, const Demand& demand, bool simulated,
                std::uint32_t tasks = 1, bool empty = false);

}  // namespace fulcrum::sched

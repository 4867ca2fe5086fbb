#pragma once
// "What would each policy do with these jobs on these nodes?"
#include <boost/describe/class.hpp>

#include "base/json.h"
#include "base/result.h"
#include "sched/twin.h"

namespace fulcrum::sched {

struct PolicyComparison {
  bool simulated = true;
  std::uint32_t nodes = 0;
  double devices = 0;
  double price_usd_per_hour = 0;  // of all nodes
  std::vector<TwinRun> runs;      // in the order asked for
  std::string best_policy;        // smallest Σ priority·devices·completion
  std::string summary;            // one sentence: the first policy beside the best one
};
BOOST_DESCRIBE_STRUCT(PolicyComparison, (),
                      (simulated, nodes, devices, price_usd_per_hour, runs, best_policy, summary))

/// A policy is "order" or "order+place" (policies.def). Fails with `policy.unknown`.
base::Result<PolicyComparison> compare_policies(const std::vector<Node>& nodes,
                                                const std::vector<TwinJob>& jobs,
                                                const std::vector<std::string>& policies);

/// Settings {nodes:[{name, gpus, gpu_model, cpu_milli, memory_bytes, price_usd_per_hour}],
/// jobs:[{name, class, owner, priority, gpus, gpu_milli, gpu_model, cpu_milli, duration_s,
/// predicted_s, submit_s}], policies:[…]} -> the comparison as JSON. Policies default to fifo and
/// priority.
base::Result<base::json::object> compare_from(const base::json::value& settings);
/// The same settings, only checked; an error's field is a path inside them.
base::Status check_compare(const base::json::value& settings);

}  // namespace fulcrum::sched

#include "sched/twin.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "sched/core/bound.h"
#include "sched/policies.h"
#include "sched/refusal.h"
#include "sched/twin/replay.h"

namespace fulcrum::sched {

namespace {

/// The nodes and jobs in the numbers of the core, and what the core decided in words again.
class Twin {
 public:
  Twin(const std::vector<Node>& nodes, const std::vector<TwinJob>& jobs, TwinRun& run)
      : jobs_(jobs), run_(run) {
    for (Node node : nodes) {
      node.simulated = true;
      const std::string name = node.name;
      nodes_[name] = empty_node(std::move(node));
    }
    for (const auto& [name, state] : nodes_) add_node(state.node);
    for (const auto& job : jobs)
      run.jobs.push_back({.name = job.name,
                          .job_class = job.job_class,
                          .owner = job.owner,
                          .priority = job.priority,
                          .submit_s = job.submit_s,
                          .never_started = ""});
  }

  void play(const Policy& policy) {
    std::vector<std::size_t> arrivals(jobs_.size());
    std::iota(arrivals.begin(), arrivals.end(), 0);
    std::stable_sort(arrivals.begin(), arrivals.end(), [&](std::size_t a, std::size_t b) {
      return jobs_[a].submit_s < jobs_[b].submit_s;
    });
    Workload workload;
    std::vector<std::size_t> of_workload;
    for (const std::size_t index : arrivals) {
      if (!can_ever_run(index)) continue;
      workload.jobs.push_back(job_of(jobs_[index]));
      workload.duration_s.push_back(jobs_[index].duration_s);
      of_workload.push_back(index);
    }
    BrainOptions options;
    options.policy = policy;
    std::vector<Held> held(workload.jobs.size());
    const Replay replayed = replay(cluster_, workload, options,
                                   [&](const Brain&, JobIndex job, const std::vector<Held>& takes) {
                                     held[job] = takes.front();
                                   });
    for (std::size_t i = 0; i < of_workload.size(); ++i)
      if (!std::isnan(replayed.start_s[i]))
        tell(of_workload[i], held[i], replayed.start_s[i], replayed.end_s[i]);
  }

 private:
  void add_node(const Node& node) {
    NodeSpec spec;
    spec.cpu_milli = node.cpu_milli;
    spec.memory_bytes = node.memory_bytes;
    spec.cores_stand_in = node.device_kind == DeviceKind::kCore;
    if (!spec.cores_stand_in)
      spec.gpus = static_cast<std::uint16_t>(std::min(node.devices.size(), kMostDevices));
    spec.kind = class_of(node.device_kind);
    spec.model = kind_of(node);
    for (const auto& [resource, amount] : node.custom) {
      const std::size_t at = custom_.try_emplace(resource, custom_.size()).first->second;
      if (spec.custom.size() <= at) spec.custom.resize(at + 1, 0);
      spec.custom[at] = amount;
    }
    cluster_.add_node(spec);
    in_order_.push_back(&node);
  }

  /// Nodes with the same devices are of one kind, which is what the core calls their model.
  std::uint16_t kind_of(const Node& node) {
    const auto same = [&](const Node* other) {
      return std::equal(other->devices.begin(), other->devices.end(), node.devices.begin(),
                        node.devices.end(),
                        [](const Device& a, const Device& b) { return a.model == b.model; });
    };
    const auto found = std::find_if(kinds_.begin(), kinds_.end(), same);
    if (found == kinds_.end() && kinds_.size() < kMostKinds) {
      kinds_.push_back(&node);
      return static_cast<std::uint16_t>(kinds_.size() - 1);
    }
    return static_cast<std::uint16_t>(
        std::min<std::size_t>(found - kinds_.begin(), kinds_.size() - 1));
  }

  bool can_ever_run(std::size_t index) {
    const Demand& demand = jobs_[index].demand;
    const bool fits = std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& entry) {
      return fits_ever(entry.second.node, demand);
    });
    if (fits) return true;
    std::vector<const NodeState*> all;
    for (const auto& [name, state] : nodes_) all.push_back(&state);
    run_.jobs[index].never_started = sentence(explain(all, demand, true, 1, true));
    return false;
  }

  Job job_of(const TwinJob& given) {
    const Demand& demand = given.demand;
    Shape shape;
    shape.cpu_milli = demand.cpu_milli;
    shape.memory_bytes = demand.memory_bytes;
    shape.gpus = demand.gpus;
    if (demand.gpus > 0) {
      shape.gpu_milli = static_cast<std::uint32_t>(demand.gpu_milli);
      shape.kind = class_of(demand.device_kind);
    }
    if (demand.gpus > 0 && !demand.gpu_model.empty())
      for (std::size_t kind = 0; kind < kinds_.size(); ++kind)
        if (models_allowed(demand, *kinds_[kind])) shape.models |= std::uint64_t{1} << kind;
    for (const auto& [resource, amount] : demand.custom) {
      const auto found = custom_.find(resource);
      if (found == custom_.end()) continue;  // can_ever_run() saw that it is not needed
      if (shape.custom.size() <= found->second) shape.custom.resize(found->second + 1, 0);
      shape.custom[found->second] = amount;
    }
    Job job;
    job.shape = cluster_.shape(shape);
    job.group =
        owners_.try_emplace(given.owner, static_cast<std::uint32_t>(owners_.size())).first->second;
    job.priority = given.priority;
    job.submit_s = given.submit_s;
    job.predicted_s = given.predicted_s > 0 ? given.predicted_s : given.duration_s;
    job.devices = demand.gpus * static_cast<double>(demand.gpu_milli) / kWholeMilli;
    if (cluster_.gpu_milli() == 0)
      job.devices = std::max(job.devices, static_cast<double>(demand.cpu_milli) / kWholeMilli);
    return job;
  }

  void tell(std::size_t index, const Held& held, double start_s, double end_s) {
    const Node& node = *in_order_[held.node];
    Taken taken = choose(nodes_.at(node.name), jobs_[index].demand);  // amounts
    TwinJobResult& result = run_.jobs[index];
    const double hours = (end_s - start_s) / 3600;
    result.devices = static_cast<double>(device_milli(node, taken)) / kWholeMilli;
    result.start_s = start_s;
    result.end_s = end_s;
    result.wait_s = start_s - result.submit_s;
    result.jct_s = end_s - result.submit_s;
    result.gpu_hours = hours * result.devices;
    result.cost_usd = hours * price_usd_per_hour(node, taken);
  }

  static constexpr std::size_t kMostKinds = 63;
  const std::vector<TwinJob>& jobs_;
  TwinRun& run_;
  std::map<std::string, NodeState> nodes_;  // empty; the order of names is the core's
  std::vector<const Node*> in_order_;
  std::vector<const Node*> kinds_;
  std::map<std::string, std::size_t> custom_;
  std::map<std::string, std::uint32_t> owners_;
  Cluster cluster_;
};

double devices_of(const Node& node) {
  return node.device_kind == DeviceKind::kCore ? static_cast<double>(node.cpu_milli) / kWholeMilli
                                               : static_cast<double>(node.devices.size());
}

void sum_up(TwinRun& run, const std::vector<Node>& nodes) {
  double first_s = INFINITY, last_s = 0, priorities = 0, count = 0, held_s = 0;
  for (const auto& job : run.jobs) {
    if (!job.never_started.empty()) continue;
    first_s = std::min(first_s, job.submit_s);
    last_s = std::max(last_s, job.end_s);
  }
  if (!std::isfinite(first_s)) return;
  std::vector<BoundJob> bound;
  for (const auto& job : run.jobs) {
    if (!job.never_started.empty()) continue;
    ++count;
    priorities += job.priority;
    held_s += job.devices * (job.end_s - job.start_s);
    run.mean_wait_s += job.wait_s;
    run.mean_jct_s += job.jct_s;
    run.priority_weighted_wait_s += job.priority * job.wait_s;
    run.gpu_hours += job.gpu_hours;
    run.cost_usd += job.cost_usd;
    run.weighted_completion += job.priority * job.devices * (job.end_s - first_s);
    bound.push_back(
        {job.priority * job.devices, job.devices, job.end_s - job.start_s, job.submit_s - first_s});
  }
  double devices = 0, price_usd_per_hour = 0;
  for (const auto& node : nodes) {
    devices += devices_of(node);
    price_usd_per_hour += node.price_usd_per_hour;
  }
  run.makespan_s = last_s - first_s;
  run.mean_wait_s /= count;
  run.mean_jct_s /= count;
  run.priority_weighted_wait_s /= priorities;
  run.node_cost_usd = run.makespan_s / 3600 * price_usd_per_hour;
  if (devices > 0 && run.makespan_s > 0) run.utilization = held_s / (devices * run.makespan_s);
  run.lower_bound = weighted_completion_bound(bound, devices);
  if (run.lower_bound > 0) run.gap = run.weighted_completion / run.lower_bound - 1;
}

}  // namespace

TwinRun run_twin(const std::vector<Node>& nodes, const std::vector<TwinJob>& jobs,
                 const std::string& policy, const std::string& place) {
  TwinRun run;
  run.policy = policy;
  run.place = place;
  const OrderStage* order_stage = find_order(policy);
  const PlaceStage* place_stage = find_place(place);
  Twin(nodes, jobs, run)
      .play({order_stage != nullptr ? order_stage : find_order("fifo"),
             place_stage != nullptr ? place_stage : find_place("best_fit"), Backfill::kNone});
  sum_up(run, nodes);
  return run;
}

}  // namespace fulcrum::sched

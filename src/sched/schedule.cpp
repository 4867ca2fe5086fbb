#include "sched/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sched/policies.h"

namespace fulcrum::sched {

namespace {

/// Equal keys: the same nodes can meet both.
std::string shape_of(const OpenJob& job) {
  const Demand& demand = job.spec.resources;
  std::string shape =
      fmt::format("{}/{}/{}x{}/{}/{}", demand.cpu_milli, demand.memory_bytes, demand.gpus,
                  demand.gpu_milli, demand.gpu_model, job.spec.simulated);
  for (const auto& [name, amount] : demand.custom) shape += fmt::format("/{}={}", name, amount);
  return shape;
}

class Pass {
 public:
  Pass(const ClusterView& view, Cache& cache) : view_(view), cache_(cache) {
    const Place place = find_place(view.place_policy);
    place_ = place != nullptr ? place : policies::best_fit;
    for (const auto& [name, state] : view.nodes)
      if (state.availability == Availability::kUp) ++up_;
  }

  void consider(const OpenJob& job) {
    if (closed_.size() == up_ && up_ > 0) return wait_behind(job, last_waiting_);
    const std::string shape = shape_of(job);
    if (!cache_.unmet.contains(shape)) {
      if (const NodeState* node = best_node(job)) return place(job, *node);
      // Feasible somewhere, but only where a job ahead waits.
      if (const std::string* ahead = ahead_of(job)) {
        wait_behind(job, *ahead);
        return close_nodes(job, shape);
      }
      cache_.unmet.insert(shape);
    }
    unmet_.push_back({&job, shape});
    close_nodes(job, shape);
  }

  Schedule finish() {
    std::map<std::string, Refusal> reasons;  // by shape, at what is free after the placements
    std::map<std::string, NodeState> nodes;
    if (!unmet_.empty())
      for (const auto& [name, state] : view_.nodes) nodes.emplace(name, now(name, state));
    for (const auto& [job, shape] : unmet_) {
      auto found = reasons.find(shape);
      if (found == reasons.end())
        found =
            reasons.emplace(shape, explain(nodes, job->spec.resources, job->spec.simulated)).first;
      result_.refusals.push_back({job->id, found->second});
    }
    return std::move(result_);
  }

  void hold(const OpenJob& job) {
    result_.refusals.push_back({job.id, {RefusalCode::kHeld, "", 0, 0, 0, 0, ""}});
  }

 private:
  const NodeState& now(const std::string& name, const NodeState& state) const {
    const auto changed = changed_.find(name);
    return changed == changed_.end() ? state : changed->second;
  }

  static bool may_run(const NodeState& state, const OpenJob& job) {
    return state.availability == Availability::kUp && state.node.simulated == job.spec.simulated;
  }

  const NodeState* best_node(const OpenJob& job) const {
    const NodeState* best = nullptr;
    double best_rank = 0;
    for (const auto& [name, state] : view_.nodes) {
      const NodeState& node = now(name, state);
      if (!may_run(node, job) || closed_.contains(name) || !fits_now(node, job.spec.resources))
        continue;
      const double rank = place_(node, job.spec.resources);
      if (best == nullptr || rank > best_rank) {
        best = &node;
        best_rank = rank;
      }
    }
    return best;
  }

  const std::string* ahead_of(const OpenJob& job) const {
    for (const auto& [name, waiting] : closed_) {
      const NodeState& node = now(name, view_.nodes.at(name));
      if (may_run(node, job) && fits_now(node, job.spec.resources)) return &waiting;
    }
    return nullptr;
  }

  void place(const OpenJob& job, const NodeState& node) {
    Taken taken = choose(node, job.spec.resources);
    const std::string name = node.node.name;
    const auto changed = changed_.try_emplace(name, node).first;
    if (!take(changed->second, taken)) return;  // cannot be: it fits
    result_.placements.push_back({job.id, name, std::move(taken)});
  }

  void wait_behind(const OpenJob& job, const std::string& ahead) {
    result_.refusals.push_back({job.id, {RefusalCode::kBehind, "", 0, 0, 0, 0, ahead}});
  }

  /// Nothing behind this job may take a node on which it could run.
  void close_nodes(const OpenJob& job, const std::string& shape) {
    last_waiting_ = job.id;
    if (!closed_for_.insert(shape).second) return;
    for (const auto& [name, state] : view_.nodes)
      if (may_run(state, job) && fits_ever(state.node, job.spec.resources))
        closed_.emplace(name, job.id);
  }

  struct Unmet {
    const OpenJob* job;
    std::string shape;
  };
  const ClusterView& view_;
  Cache& cache_;
  Place place_ = nullptr;
  std::size_t up_ = 0;
  std::map<std::string, NodeState> changed_;   // nodes that this pass placed on
  std::map<std::string, std::string> closed_;  // node -> the job that waits for it
  std::set<std::string> closed_for_;           // shapes whose nodes are closed
  std::string last_waiting_;
  std::vector<Unmet> unmet_;
  Schedule result_;
};

}  // namespace

Schedule schedule(const ClusterView& view, const Delta& delta, Cache& cache) {
  if (delta.capacity_grew) cache.unmet.clear();
  Pass pass(view, cache);
  std::vector<const OpenJob*> queued;
  for (const auto& [id, job] : view.jobs) {
    if (job.phase == JobPhase::kQueued) queued.push_back(&job);
    if (job.phase == JobPhase::kHeld) pass.hold(job);
  }
  const Order order = find_order(view.order_policy);
  (order != nullptr ? order : policies::fifo)(view, queued);
  for (const OpenJob* job : queued) pass.consider(*job);
  return pass.finish();
}

}  // namespace fulcrum::sched

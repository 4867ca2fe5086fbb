#include "sched/twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <queue>

#include "sched/twin/bound.h"
#include "sched/refusal.h"
#include "sched/schedule.h"

namespace fulcrum::sched {

namespace {

std::int64_t to_us(double seconds) {
  return std::llround(seconds * 1e6);
}
double to_s(std::int64_t us) {
  return static_cast<double>(us) / 1e6;
}

struct Ending {
  std::int64_t time_us = 0;
  std::size_t job = 0;
  bool operator>(const Ending& other) const {
    return time_us != other.time_us ? time_us > other.time_us : job > other.job;
  }
};

class Twin {
 public:
  Twin(const std::vector<Node>& nodes, const std::vector<TwinJob>& jobs, TwinRun& run)
      : jobs_(jobs), run_(run) {
    for (Node node : nodes) {
      node.simulated = true;
      const std::string name = node.name;
      nodes_[name] = empty_node(std::move(node));
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) arrivals_.push_back(i);
    std::stable_sort(arrivals_.begin(), arrivals_.end(), [&](std::size_t a, std::size_t b) {
      return jobs[a].submit_s < jobs[b].submit_s;
    });
    for (const auto& job : jobs)
      run.jobs.push_back({.name = job.name,
                          .job_class = job.job_class,
                          .owner = job.owner,
                          .priority = job.priority,
                          .submit_s = job.submit_s,
                          .never_started = ""});
  }

  void play() {
    while (next_ < arrivals_.size() || !endings_.empty()) {
      now_us_ = INT64_MAX;
      if (next_ < arrivals_.size()) now_us_ = to_us(jobs_[arrivals_[next_]].submit_s);
      if (!endings_.empty()) now_us_ = std::min(now_us_, endings_.top().time_us);
      for (; !endings_.empty() && endings_.top().time_us == now_us_; endings_.pop())
        end(endings_.top().job);
      for (; next_ < arrivals_.size() && to_us(jobs_[arrivals_[next_]].submit_s) == now_us_;
           ++next_)
        arrive(arrivals_[next_]);
      const Schedule result = schedule({nodes_, open_, run_.policy, run_.place}, {.reasons = false}, cache_);
      for (const auto& placement : result.placements) start(placement);
    }
  }

  const std::map<std::string, NodeState>& nodes() const { return nodes_; }

 private:
  /// Sorts as the order of arrival.
  static std::string id_of(std::size_t job) { return fmt::format("{:09}", job); }

  void arrive(std::size_t index) {
    const TwinJob& job = jobs_[index];
    const bool fits = std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& entry) {
      return fits_ever(entry.second.node, job.demand);
    });
    if (!fits) {
      run_.jobs[index].never_started = sentence(explain(all_nodes(), job.demand, true, 1, true));
      return;
    }
    OpenJob open;
    open.id = id_of(index);
    open.order = ++order_;
    open.submitted_us = now_us_;
    open.spec.name = job.name;
    open.spec.owner = job.owner;
    open.spec.priority = job.priority;
    open.spec.resources = job.demand;
    open.spec.predicted_s = job.predicted_s > 0 ? job.predicted_s : job.duration_s;
    open.spec.simulated = true;
    open_[open.id] = std::move(open);
  }

  std::vector<const NodeState*> all_nodes() const {
    std::vector<const NodeState*> all;
    for (const auto& [name, state] : nodes_) all.push_back(&state);
    return all;
  }

  void start(const Placement& placement) {
    OpenJob& open = open_.at(placement.job);
    NodeState& node = nodes_.at(placement.node);
    if (!take(node, placement.taken)) return;  // cannot be: schedule() looked
    open.phase = JobPhase::kRunning;
    open.node = placement.node;
    open.taken = placement.taken;
    const std::size_t index = std::stoul(placement.job);
    const std::int64_t duration_us = std::max<std::int64_t>(1, to_us(jobs_[index].duration_s));
    TwinJobResult& result = run_.jobs[index];
    const double hours = to_s(duration_us) / 3600;
    result.devices = static_cast<double>(device_milli(node.node, placement.taken)) / kWholeMilli;
    result.start_s = to_s(now_us_);
    result.end_s = to_s(now_us_ + duration_us);
    result.wait_s = result.start_s - result.submit_s;
    result.jct_s = result.end_s - result.submit_s;
    result.gpu_hours = hours * result.devices;
    result.cost_usd = hours * price_usd_per_hour(node.node, placement.taken);
    endings_.push({now_us_ + duration_us, index});
  }

  void end(std::size_t index) {
    const auto open = open_.find(id_of(index));
    give_back(nodes_.at(open->second.node), open->second.taken);
    open_.erase(open);
  }

  const std::vector<TwinJob>& jobs_;
  TwinRun& run_;
  std::map<std::string, NodeState> nodes_;
  std::map<std::string, OpenJob> open_;
  std::vector<std::size_t> arrivals_;
  std::size_t next_ = 0;
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings_;
  Cache cache_;
  std::uint64_t order_ = 0;
  std::int64_t now_us_ = 0;
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
  Twin(nodes, jobs, run).play();
  sum_up(run, nodes);
  return run;
}

}  // namespace fulcrum::sched

#include "sched/waiting.h"

#include <algorithm>

namespace fulcrum::sched {

namespace {

constexpr std::size_t kFew = 5;

std::uint32_t room_on(NodeState state, const Demand& demand, std::uint32_t most) {
  std::uint32_t room = 0;
  while (room < most && fits_now(state, demand) && take(state, choose(state, demand))) ++room;
  return room;
}

std::int64_t expected_end_us(const OpenJob& job) {
  const double known_s =
      job.spec.predicted_s > 0 ? left_s(job, job.spec.predicted_s) : job.spec.time_limit_s;
  return known_s > 0 ? job.started_us + static_cast<std::int64_t>(known_s * 1e6) : INT64_MAX;
}

/// Ends running jobs one after the other until there is room.
Unblock ends_of(const ClusterView& view, const OpenJob& job) {
  std::vector<const OpenJob*> running;
  for (const auto& [id, other] : view.jobs)
    if (other.phase == JobPhase::kRunning && other.spec.simulated == job.spec.simulated)
      running.push_back(&other);
  std::sort(running.begin(), running.end(), [](const OpenJob* a, const OpenJob* b) {
    const std::int64_t a_us = expected_end_us(*a), b_us = expected_end_us(*b);
    return a_us != b_us ? a_us < b_us : a->started_us < b->started_us;
  });
  const std::uint32_t tasks = job.spec.tasks;
  std::map<std::string, NodeState> nodes;
  std::map<std::string, std::uint32_t> room;
  std::uint64_t total = 0;
  for (const auto& [name, state] : view.nodes) {
    if (state.node.simulated != job.spec.simulated || state.availability != Availability::kUp)
      continue;
    total += room[name] = room_on(state, job.spec.resources, tasks);
  }
  Unblock answer{.when = "jobs_end", .jobs = {}, .nodes = {}};
  const auto end = [&](const std::string& name, const Taken& taken) {
    const auto known = room.find(name);
    if (known == room.end()) return;
    NodeState& node = nodes.try_emplace(name, view.nodes.at(name)).first->second;
    give_back(node, taken);
    total -= known->second;
    total += known->second = room_on(node, job.spec.resources, tasks);
  };
  for (const OpenJob* other : running) {
    end(other->node, other->taken);
    for (const auto& task : other->more) end(task.node, task.taken);
    ++answer.count;
    answer.jobs.push_back(other->id);
    if (answer.jobs.size() > kFew) answer.jobs.erase(answer.jobs.begin());
    if (total < tasks) continue;
    const std::int64_t end_us = expected_end_us(*other);
    answer.expected_us = end_us == INT64_MAX ? 0 : std::max(end_us, view.now_us);
    return answer;
  }
  return {.when = "node_added", .jobs = {}, .nodes = {}};
}

}  // namespace

Unblock unblock(const ClusterView& view, const OpenJob& job, const Refusal& refusal) {
  Unblock answer;
  switch (refusal.code) {
    case RefusalCode::kHeld:
      answer.when = "released";
      return answer;
    case RefusalCode::kDependency:
      answer.when = "jobs_succeed";
      answer.count = job.waits_for.size();
      for (std::size_t i = 0; i < std::min(kFew, job.waits_for.size()); ++i)
        answer.jobs.push_back(job.waits_for[i]);
      return answer;
    case RefusalCode::kArrayLimit:
      answer.when = "array_job_ends";
      for (const auto& [id, other] : view.jobs) {
        if (other.array != job.array || other.phase != JobPhase::kRunning) continue;
        ++answer.count;
        if (answer.jobs.size() < kFew) answer.jobs.push_back(id);
      }
      return answer;
    case RefusalCode::kNoNode:
      for (const auto& [name, state] : view.nodes) {
        if (state.node.simulated != job.spec.simulated || state.availability == Availability::kUp)
          continue;
        ++answer.count;
        if (answer.nodes.size() < kFew) answer.nodes.push_back(name);
      }
      answer.when = answer.count > 0 ? "node_up" : "node_added";
      return answer;
    case RefusalCode::kDeviceKindAbsent:
    case RefusalCode::kGpuModelAbsent:
      answer.when = "node_added";
      return answer;
    case RefusalCode::kBehind:
      answer.when = refusal.job.empty() ? "now" : "job_starts";
      if (!refusal.job.empty()) answer.jobs.push_back(refusal.job);
      answer.count = answer.jobs.size();
      return answer;
    case RefusalCode::kBudget:
      answer.when = "budget";
      answer.expected_us = refusal.from_us;
      return answer;
    case RefusalCode::kQuota:
      answer.when = "quota_freed";
      return answer;
    case RefusalCode::kWindow:
      answer.when = "window_ends";
      return answer;
    default:
      return ends_of(view, job);
  }
}

}  // namespace fulcrum::sched

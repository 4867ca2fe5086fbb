#include "sched/schedule.h"

#include <algorithm>
#include <optional>
#include <set>

#include "sched/mirror.h"

namespace fulcrum::sched {

namespace {

/// Nodes as they are after the placements made so far.
class Nodes {
 public:
  explicit Nodes(const std::map<std::string, NodeState>& nodes) : nodes_(nodes) {}

  NodeState& change(const std::string& name) {
    return changed_.try_emplace(name, nodes_.at(name)).first->second;
  }
  /// Those that may run a real or a simulated job.
  std::vector<const NodeState*> of(bool simulated) const {
    std::vector<const NodeState*> list;
    for (const auto& [name, state] : nodes_) {
      if (state.node.simulated != simulated) continue;
      const auto changed = changed_.find(name);
      list.push_back(changed == changed_.end() ? &state : &changed->second);
    }
    return list;
  }

 private:
  const std::map<std::string, NodeState>& nodes_;
  std::map<std::string, NodeState> changed_;
};

Taken take_on(NodeState& node, const Demand& demand, DeviceMask devices) {
  Taken taken = choose(node, demand);
  if (node.node.device_kind != DeviceKind::kCore) {  // the place stage chose
    taken.devices.clear();
    for (std::uint32_t i = 0; i < kMostDevices; ++i)
      if ((devices >> i & 1) != 0) taken.devices.push_back(i);
  }
  (void)take(node, taken).has_value();  // it fits: the brain looked
  return taken;
}

Placement placement_of(const MirrorSide& side, JobIndex job, const Demand& demand, Nodes& nodes) {
  Placement placement{.job = side.id(job), .node = {}, .taken = {}, .more = {}};
  for (const Held& held : side.brain().held(job)) {
    const std::string& name = side.node_name(held.node);
    Taken taken = take_on(nodes.change(name), demand, held.devices);
    if (placement.node.empty()) {
      placement.node = name;
      placement.taken = std::move(taken);
    } else {
      placement.more.push_back({name, std::move(taken)});
    }
  }
  return placement;
}

/// Why each job of one side stays. Jobs that ask alike are asked about once.
class Reasons {
 public:
  Reasons(const ClusterView& view, const MirrorSide& side, std::vector<const NodeState*> nodes,
          std::string first_waiting)
      : view_(view),
        side_(side),
        nodes_(std::move(nodes)),
        first_waiting_(std::move(first_waiting)) {}

  Refusal of(const OpenJob& job) {
    if (job.phase == JobPhase::kHeld) return {RefusalCode::kHeld, "", 0, 0, 0, 0, ""};
    if (job.over_limit) return at_limit(job);
    if (job.phase == JobPhase::kBlocked)
      return {RefusalCode::kDependency,
              "",
              static_cast<std::int64_t>(job.waits_for.size()),
              0,
              0,
              0,
              job.waits_for.empty() ? "" : job.waits_for.front()};
    const JobSpec& spec = job.spec;
    if (view_.quotas)
      if (const QuotaState* spent = out_of_money(*view_.quotas, spec, view_.now_us))
        return budget(*spent, spec.simulated);
    if (const auto quota = side_.over_quota(job.id)) return *quota;
    for (const auto& [demand, tasks, refusal] : known_)
      if (demand == spec.resources && tasks == spec.tasks) return about(job, refusal);
    const bool fits = room(spec.resources, spec.tasks) >= spec.tasks;
    known_.push_back({spec.resources, spec.tasks,
                      fits ? std::optional<Refusal>()
                           : explain(nodes_, spec.resources, spec.simulated, spec.tasks)});
    return about(job, known_.back().refusal);
  }

 private:
  struct Known {
    Demand demand;
    std::uint32_t tasks;
    std::optional<Refusal> refusal;  // nullopt: it would fit, somebody is ahead
  };

  Refusal at_limit(const OpenJob& job) const {
    std::int64_t limit = 0;
    if (view_.arrays)
      if (const auto array = view_.arrays->find(job.array); array != view_.arrays->end())
        limit = array->second.limit;
    return {RefusalCode::kArrayLimit, job.array, limit, 0, 0, 0, ""};
  }

  Refusal budget(const QuotaState& state, bool simulated) const {
    const QuotaSpec& quota = state.quota;
    Refusal refusal{RefusalCode::kBudget, quota.quota, 0, 0, 0, 0, ""};
    refusal.spent_usd = spent_usd(state.of(simulated), quota.budget_period, view_.now_us);
    refusal.budget_usd = quota.budget_usd;
    if (quota.budget_period != BudgetPeriod::kTotal)
      refusal.from_us = period_at(quota.budget_period, view_.now_us).until_us;
    return refusal;
  }

  Refusal about(const OpenJob& job, const std::optional<Refusal>& refusal) const {
    if (refusal) return *refusal;
    if (const std::string ahead = side_.ahead_in_quota(job.id); !ahead.empty())
      return {RefusalCode::kBehind, "", 0, 0, 0, 0, ahead};
    if (const auto window = before_window(job)) return *window;
    const bool is_first = first_waiting_ == job.id;
    return {RefusalCode::kBehind, "", 0, 0, 0, 0, is_first ? "" : first_waiting_};
  }

  /// There is room, but somebody has spoken for it.
  std::optional<Refusal> before_window(const OpenJob& job) const {
    if (view_.reservations == nullptr || view_.reservations->empty()) return std::nullopt;
    const JobSpec& spec = job.spec;
    const double known_s = spec.predicted_s > 0 ? left_s(job, spec.predicted_s) : spec.time_limit_s;
    const double run_s = known_s > 0 ? known_s : kUnknownRunS;
    const std::int64_t until_us = view_.now_us + static_cast<std::int64_t>(run_s * 1e6);
    const Reservation* first = nullptr;
    std::vector<const NodeState*> open;
    for (const NodeState* state : nodes_) {
      const Reservation* kept =
          kept_off(*view_.reservations, state->node, spec.project, view_.now_us, until_us);
      if (kept == nullptr)
        open.push_back(state);
      else if (first == nullptr || kept->from_us < first->from_us)
        first = kept;
    }
    if (first == nullptr || room_on(open, spec.resources, spec.tasks) >= spec.tasks)
      return std::nullopt;
    Refusal refusal{RefusalCode::kWindow, first->reservation, 0, 0, 0, 0, ""};
    refusal.need = static_cast<std::int64_t>(run_s);
    refusal.from_us = first->from_us;
    return refusal;
  }

  std::uint32_t room(const Demand& demand, std::uint32_t most) const {
    return room_on(nodes_, demand, most);
  }

  static std::uint32_t room_on(const std::vector<const NodeState*>& nodes, const Demand& demand,
                               std::uint32_t most) {
    std::uint32_t found = 0;
    for (const NodeState* state : nodes) {
      if (found >= most) break;
      if (state->availability != Availability::kUp || !fits_now(*state, demand)) continue;
      if (most == 1) return 1;
      NodeState trial = *state;
      while (found < most && fits_now(trial, demand) && take(trial, choose(trial, demand))) ++found;
    }
    return found;
  }

  const ClusterView& view_;
  const MirrorSide& side_;
  std::vector<const NodeState*> nodes_;
  std::string first_waiting_;
  std::vector<Known> known_;
};

PreemptReason preempt_reason(std::string_view stage) {
  return stage == "quota_reclaim" ? PreemptReason::kQuota : PreemptReason::kPriority;
}

std::shared_ptr<Mirror> mirror_of(const ClusterView& view, const Delta& delta, Cache& cache) {
  const bool follows =
      cache.mirror && delta.changes && cache.mirror->catch_up(view, *delta.changes);
  if (!follows) cache.mirror = std::make_shared<Mirror>(view, delta.changes);
  return cache.mirror;
}

}  // namespace

ClusterView view_of(const State& state, std::int64_t now_us) {
  return {state.nodes,         state.jobs,   state.policy, state.place,          state.backfill,
          state.preempt,       now_us,       &state.use,   &state.simulated_use, &state.quotas,
          &state.reservations, &state.arrays};
}

Schedule schedule(const ClusterView& view, const Delta& delta, Cache& cache) {
  const auto mirror = mirror_of(view, delta, cache);
  Schedule result;
  Nodes nodes(view.nodes);
  std::set<std::string> placed;
  std::string first_waiting[2];
  for (const bool simulated : {false, true}) {
    MirrorSide& side = mirror->side(simulated);
    for (const JobIndex job : side.propose(view)) {
      result.placements.push_back(
          placement_of(side, job, view.jobs.at(side.id(job)).spec.resources, nodes));
      if (delta.reasons) placed.insert(side.id(job));
    }
    for (const Ask& ask : side.brain().asked_to_stop())
      result.preemptions.push_back(
          {side.id(ask.job), side.id(ask.for_job), preempt_reason(view.preempt)});
    if (side.brain().head() != kNoJob) first_waiting[simulated] = side.id(side.brain().head());
    side.forget_proposal(view);
  }
  if (!delta.reasons) return result;
  Reasons real(view, mirror->side(false), nodes.of(false), first_waiting[0]);
  Reasons simulated(view, mirror->side(true), nodes.of(true), first_waiting[1]);
  for (const auto& [id, job] : view.jobs)
    if (job.phase != JobPhase::kRunning && !placed.contains(id))
      result.refusals.push_back({id, (job.spec.simulated ? simulated : real).of(job)});
  return result;
}

std::vector<std::string> queue_order(const ClusterView& view, bool simulated) {
  const MirrorSide side(view, simulated, policy_of(view));
  const Brain& brain = side.brain();
  std::vector<std::string> ids;
  for (const QueueEntry& entry : brain.first_in_order(brain.waiting(), seconds(view.now_us)))
    ids.push_back(side.id(entry.job));
  return ids;
}

}  // namespace fulcrum::sched

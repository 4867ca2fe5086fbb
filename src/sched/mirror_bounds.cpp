// What binds jobs besides room, in the brain's numbers: quotas, budgets, reserved nodes.
#include <algorithm>
#include <cmath>

#include "sched/mirror.h"

namespace fulcrum::sched {

std::set<std::string> spent_quotas(const ClusterView& view, bool simulated) {
  std::set<std::string> spent;
  if (view.quotas)
    for (const auto& [name, quota] : *view.quotas)
      if (is_spent(quota, simulated, view.now_us)) spent.insert(name);
  return spent;
}

bool MirrorSide::is_stopped_by_budget(const OpenJob& open, const ClusterView& view) const {
  if (spent_.empty() || open.phase != JobPhase::kQueued) return false;
  const auto quotas = quotas_of(*view.quotas, open.spec);
  return std::any_of(quotas.begin(), quotas.end(),
                     [&](const QuotaState* quota) { return spent_.contains(quota->quota.quota); });
}

bool MirrorSide::budgets_changed(const ClusterView& view) const {
  return spent_quotas(view, simulated_) != spent_;
}

/// The brain wants parents before children.
void MirrorSide::add_quotas(const ClusterView& view) {
  if (view.quotas == nullptr || view.quotas->empty()) return;
  std::vector<QuotaNode> nodes;
  while (nodes.size() < view.quotas->size()) {
    const std::size_t before = nodes.size();
    for (const auto& [name, state] : *view.quotas) {
      const QuotaSpec& quota = state.quota;
      const auto parent = quota_index_.find(quota.parent);
      if (quota_index_.contains(name)) continue;
      if (!quota.parent.empty() && parent == quota_index_.end()) continue;
      quota_index_[name] = static_cast<std::uint32_t>(nodes.size());
      quota_names_.push_back(name);
      nodes.push_back({quota.parent.empty() ? kNoQuota : parent->second,
                       static_cast<double>(quota.guaranteed_devices),
                       static_cast<double>(quota.limit_devices), quota.may_borrow, quota.share});
    }
    if (nodes.size() == before) break;  // cannot be: quota.set refuses cycles
  }
  brain_->set_quotas(QuotaTree(std::move(nodes)));
  // Whoever used a quota lately counts in it, with open jobs or without.
  if (const auto* uses = simulated_ ? view.simulated_use : view.use)
    for (const auto& [key, use] : *uses)
      if (const auto quota = quota_index_.find(use.quota); quota != quota_index_.end())
        group_of(key, quota->second);
}

void MirrorSide::add_windows(const ClusterView& view) {
  if (view.reservations == nullptr) return;
  std::vector<Window> windows;
  for (const auto& [name, reservation] : *view.reservations) {
    if (reservation.until_us <= view.now_us) continue;
    Window window{{}, seconds(reservation.from_us), seconds(reservation.until_us), kNobody};
    for (const auto& [node, index] : node_index_)
      if (covers(reservation, view.nodes.at(node).node)) window.nodes.push_back(index);
    std::sort(window.nodes.begin(), window.nodes.end());
    if (!reservation.project.empty())
      window.reservation =
          reserved_for_
              .try_emplace(reservation.project, static_cast<std::uint32_t>(reserved_for_.size()))
              .first->second;
    windows.push_back(std::move(window));
  }
  brain_->set_windows(std::move(windows));
}

std::optional<Refusal> MirrorSide::over_quota(const std::string& job) const {
  const auto known = jobs_.find(job);
  if (known == jobs_.end() || known->second.phase != JobPhase::kQueued) return std::nullopt;
  const Job& waiting = brain_->job(known->second.index);
  const QuotaTree& quotas = brain_->quotas();
  const std::uint32_t over = quotas.first_over(waiting);
  if (over == kNoQuota) return std::nullopt;
  const auto milli = [](double devices) {
    return static_cast<std::int64_t>(std::llround(devices * kWholeMilli));
  };
  Refusal refusal{RefusalCode::kQuota, quota_names_[over], milli(waiting.devices), 0, 0, 0, ""};
  refusal.capacity = milli(quotas.limit_devices(over));
  refusal.free = std::max<std::int64_t>(0, refusal.capacity - milli(quotas.held_devices(over)));
  return refusal;
}

std::string MirrorSide::ahead_in_quota(const std::string& job) const {
  const auto known = jobs_.find(job);
  if (known == jobs_.end() || known->second.phase != JobPhase::kQueued) return {};
  const JobIndex ahead = brain_->ahead_in_quota(known->second.index);
  return ahead == kNoJob ? std::string() : ids_[ahead];
}

}  // namespace fulcrum::sched

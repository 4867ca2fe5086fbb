#include "sched/core/quota.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::sched {

namespace {

/// Sums of thousandths of devices, so that comparisons are exact.
double in_milli(double devices) {
  return std::round(devices * kWhole) / kWhole;
}

}  // namespace

QuotaTree::QuotaTree(std::vector<QuotaNode> quotas)
    : quotas_(std::move(quotas)), depth_(quotas_.size(), 0), held_(quotas_.size(), 0) {
  for (std::size_t i = 0; i < quotas_.size(); ++i)
    if (quotas_[i].parent != kNoQuota) depth_[i] = depth_[quotas_[i].parent] + 1;
  promised_.assign(quotas_.size(), 0);
  for (std::size_t i = quotas_.size(); i-- > 0;) {  // promised_[i] is the sum of its children
    promised_[i] = std::max(promised_[i], quotas_[i].guaranteed_devices);
    if (quotas_[i].parent != kNoQuota) promised_[quotas_[i].parent] += promised_[i];
  }
}

void QuotaTree::count(const Job& job, double sign) {
  for (auto at = job.quota; at != kNoQuota; at = quotas_[at].parent)
    held_[at] = in_milli(held_[at] + sign * job.devices);
}

double QuotaTree::limit_devices(std::uint32_t index) const {
  const QuotaNode& quota = quotas_[index];
  double limit = quota.limit_devices > 0 ? quota.limit_devices : INFINITY;
  if (!quota.may_borrow) limit = std::min(limit, quota.guaranteed_devices);
  return limit;
}

std::uint32_t QuotaTree::first_over(const Job& job) const {
  for (auto at = job.quota; at != kNoQuota; at = quotas_[at].parent)
    if (in_milli(held_[at] + job.devices) > limit_devices(at)) return at;
  return kNoQuota;
}

bool QuotaTree::admits_ever(const Job& job) const {
  for (auto at = job.quota; at != kNoQuota; at = quotas_[at].parent)
    if (job.devices > limit_devices(at)) return false;
  return true;
}

bool QuotaTree::is_guaranteed(const Job& job) const {
  for (auto at = job.quota; at != kNoQuota; at = quotas_[at].parent)
    if (in_milli(held_[at] + job.devices) <= promised_[at]) return true;
  return false;
}

bool QuotaTree::admits_both(const Job& one, const Job& other) const {
  std::uint32_t mine = one.quota, theirs = other.quota;
  while (mine != theirs) {  // to the first that both have, or to none
    if (mine == kNoQuota || theirs == kNoQuota) return true;
    auto& lower = depth_[mine] >= depth_[theirs] ? mine : theirs;
    lower = quotas_[lower].parent;
  }
  for (; mine != kNoQuota; mine = quotas_[mine].parent)
    if (in_milli(held_[mine] + one.devices + other.devices) > limit_devices(mine)) return false;
  return true;
}

std::uint32_t QuotaTree::borrows(const Job& job) const {
  constexpr std::uint32_t kAtAll = 31;  // bits below it by depth; those deeper than that are alike
  const auto bit_at = [](std::uint32_t depth) { return std::uint32_t{1} << (kAtAll - 1 - depth); };
  std::uint32_t bits = is_guaranteed(job) ? 0 : std::uint32_t{1} << kAtAll;
  if (job.quota == kNoQuota) return bits | bit_at(0);
  for (auto at = job.quota; at != kNoQuota; at = quotas_[at].parent)
    if (depth_[at] < kAtAll && in_milli(held_[at] + job.devices) > promised_[at])
      bits |= bit_at(depth_[at]);
  return bits;
}

bool QuotaTree::may_reclaim(const Job& waiting, const Job& running) const {
  std::uint32_t mine = waiting.quota, theirs = running.quota;
  if (mine == kNoQuota) return false;
  const auto up = [&](std::uint32_t at) { return quotas_[at].parent; };
  const auto is_beyond = [&](std::uint32_t at) { return held_[at] > promised_[at]; };
  if (theirs == kNoQuota) {
    while (up(mine) != kNoQuota) mine = up(mine);
  } else {
    while (depth_[mine] > depth_[theirs]) mine = up(mine);
    for (; depth_[theirs] > depth_[mine]; theirs = up(theirs))
      if (!is_beyond(theirs)) return false;
    if (mine == theirs) return false;  // one branch
    for (; up(mine) != up(theirs); theirs = up(theirs), mine = up(mine))
      if (!is_beyond(theirs)) return false;
    if (!is_beyond(theirs)) return false;
  }
  return in_milli(held_[mine] + waiting.devices) <= promised_[mine];
}

namespace {

/// One level of turns: quotas and groups that stand beside each other.
struct Sibling {
  double key;
  std::uint32_t index;
  bool is_quota;
  bool operator<(const Sibling& other) const {
    if (key != other.key) return key < other.key;
    return is_quota != other.is_quota ? is_quota : index < other.index;
  }
};

}  // namespace

std::vector<double> QuotaTree::turns(const std::vector<GroupUse>& groups, const Amounts& capacity,
                                     double (*key)(const GroupUse& use, double now_s),
                                     double now_s) const {
  const std::size_t root = quotas_.size();
  std::vector<GroupUse> use(quotas_.size());
  const auto add = [&](std::uint32_t to, const GroupUse& what) {
    if (to == kNoQuota) return;
    use[to].held_devices += what.held_devices;
    sched::add(use[to].held, what.held);
    use[to].decayed_device_s += decayed_use_s(what, now_s);
  };
  std::vector<const GroupUse*> by_use;  // so that sums do not depend on how groups are numbered
  for (const GroupUse& group : groups) by_use.push_back(&group);
  std::sort(by_use.begin(), by_use.end(), [](const GroupUse* a, const GroupUse* b) {
    if (a->decayed_device_s != b->decayed_device_s)
      return a->decayed_device_s < b->decayed_device_s;
    return a->updated_s != b->updated_s ? a->updated_s < b->updated_s
                                        : a->held_devices < b->held_devices;
  });
  for (const GroupUse* group : by_use) add(group->quota, *group);
  for (std::size_t i = quotas_.size(); i-- > 0;) {  // children come after their parents
    use[i].updated_s = now_s;
    use[i].share = quotas_[i].share;
    use[i].dominant_share = dominant_share(use[i].held, capacity);
    add(quotas_[i].parent, use[i]);
  }
  std::vector<std::vector<Sibling>> below(root + 1);
  const auto place = [&](std::uint32_t parent) { return parent == kNoQuota ? root : parent; };
  for (std::uint32_t i = 0; i < quotas_.size(); ++i)
    below[place(quotas_[i].parent)].push_back({key(use[i], now_s), i, true});
  for (std::uint32_t i = 0; i < groups.size(); ++i)
    below[place(groups[i].quota)].push_back({key(groups[i], now_s), i, false});
  for (auto& siblings : below) std::sort(siblings.begin(), siblings.end());

  std::vector<double> rank(groups.size(), 0);
  double next = 0;
  std::vector<std::pair<std::size_t, std::size_t>> path{{root, 0}};  // whose children, which next
  while (!path.empty()) {
    auto& [parent, at] = path.back();
    if (at == below[parent].size()) {
      path.pop_back();
      continue;
    }
    const Sibling& sibling = below[parent][at];
    const Sibling* before = at > 0 ? &below[parent][at - 1] : nullptr;
    ++at;
    if (sibling.is_quota) {
      path.emplace_back(sibling.index, 0);
      continue;
    }
    const bool is_level = before != nullptr && !before->is_quota && before->key == sibling.key;
    rank[sibling.index] = is_level ? rank[before->index] : ++next;
  }
  return rank;
}

}  // namespace fulcrum::sched

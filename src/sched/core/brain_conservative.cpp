// Conservative backfilling (Mu'alem and Feitelson 2001): in the order of the policy each waiting
// job gets the earliest room that takes nothing from those before it; whose room begins now starts.
// Looks at the first kDepth jobs; those behind wait. The plan chooses the nodes: the first that
// serve, whatever the place stage, since a start elsewhere could take what another was promised.
#include <cmath>

#include "sched/core/brain.h"
#include "sched/core/plan.h"

namespace fulcrum::sched {

namespace {
constexpr std::size_t kDepth = 100;
}

/// All or nothing. The plan does not know custom resources; the cluster does.
bool Brain::take_all(const std::vector<Held>& where) {
  for (auto one = where.begin(); one != where.end(); ++one) {
    if (cluster_.fits(one->node, cluster_.shape_of(one->shape))) {
      cluster_.take(*one);
      continue;
    }
    for (auto taken = where.begin(); taken != one; ++taken) cluster_.give_back(*taken);
    return false;
  }
  return true;
}

void Brain::plan_all(double now_s) {
  head_ = claimant_ = kNoJob;
  head_start_s_ = INFINITY;
  settled_ = false;
  if (queue_.size() == 0) return;
  Plan plan(cluster_, outlook_->ends(), held_, windows_, now_s);
  std::vector<Held> where;
  for (const QueueEntry& entry : first_in_order(kDepth, now_s)) {
    double at_s = 0;
    if (!quotas_.admits(jobs_[entry.job])) {
      promise_when_quota_has_room(entry.job);
      if (claimant_ == kNoJob && quotas_.is_guaranteed(jobs_[entry.job])) claimant_ = entry.job;
      continue;
    }
    if (!keeps_promises(jobs_[entry.job], now_s)) continue;
    const bool is_known = plan.earliest(jobs_[entry.job], entry.expected_s, at_s, where);
    const bool is_now = is_known && at_s <= now_s;
    if (!is_known || (is_now && !take_all(where))) {
      if (head_ == kNoJob) head_ = entry.job;
      return;  // nobody overtakes a job whose start is not known
    }
    plan.reserve(where, at_s, at_s + entry.expected_s);
    if (is_now) {
      start(entry.job, now_s, where);
    } else if (head_ == kNoJob) {
      head_ = entry.job;
      head_start_s_ = at_s;
      promise_to_head();
    }
  }
}

}  // namespace fulcrum::sched

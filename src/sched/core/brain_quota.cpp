// What quotas have is promised to who waited first. A job behind the head could spoil the head's
// start by using up a quota that both have, and small jobs could pass a large one for ever that
// waits until its quota has room for it.
#include <algorithm>
#include <cmath>

#include "sched/core/brain.h"

namespace fulcrum::sched {

namespace {

/// The quotas with just so much given back that they admit the job: whoever gives it back makes the
/// same room in the quotas above, which is not to be kept there twice.
QuotaTree once_admitted(QuotaTree quotas, const Job& waiting) {
  for (auto over = quotas.first_over(waiting); over != kNoQuota;
       over = quotas.first_over(waiting)) {
    Job ended;
    ended.quota = over;
    ended.devices = quotas.held_devices(over) + waiting.devices - quotas.limit_devices(over);
    quotas.give_back(ended);
  }
  return quotas;
}

}  // namespace

/// Ends by then, or leaves the other its part.
bool Brain::keeps_promises(const Job& job, double now_s) const {
  const double end_s = now_s + expected_duration_s(job);
  return std::all_of(promises_.begin(), promises_.end(), [&](const Promise& promise) {
    return (std::isfinite(promise.at_s) && end_s <= promise.at_s) ||
           promise.then.admits_both(jobs_[promise.job], job);
  });
}

/// Once its start is known, or known not to be known.
void Brain::promise_to_head() {
  const Job& head = jobs_[head_];
  if (head.quota == kNoQuota || !could_run(head, true)) return;
  Promise promise{head_, kNoQuota, INFINITY, quotas_};
  if (std::isfinite(head_start_s_) && options_.policy.backfill != Backfill::kNone) {
    promise.at_s = head_start_s_;
    for (const auto& [end_s, running] : outlook_->ends()) {
      if (end_s > head_start_s_) break;
      promise.then.give_back(jobs_[running]);
    }
  }
  promises_.push_back(std::move(promise));
}

/// To the first whom each quota stops. Not to one that could not run anyhow.
void Brain::promise_when_quota_has_room(JobIndex job) {
  const Job& waiting = jobs_[job];
  const std::uint32_t over = quotas_.first_over(waiting);
  for (const Promise& promise : promises_)
    if (promise.over == over) return;
  if (!quotas_.admits_ever(waiting) || !could_run(waiting, true)) return;
  Promise promise{job, over, INFINITY, quotas_};
  if (options_.policy.backfill != Backfill::kNone) {
    for (const auto& [end_s, running] : outlook_->ends()) {
      if (std::isinf(end_s)) break;
      promise.then.give_back(jobs_[running]);
      if (!promise.then.admits(waiting)) continue;
      promise.at_s = end_s;
      break;
    }
  }
  if (std::isinf(promise.at_s)) promise.then = once_admitted(quotas_, waiting);
  promises_.push_back(std::move(promise));
}

JobIndex Brain::ahead_in_quota(JobIndex job) const {
  for (const Promise& promise : promises_)
    if (promise.job != job && !promise.then.admits_both(jobs_[promise.job], jobs_[job]))
      return promise.job;
  return kNoJob;
}

}  // namespace fulcrum::sched

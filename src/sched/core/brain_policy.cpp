// Another policy in the middle of a run: who runs goes on, who waits is put in the new order.
#include "sched/core/brain.h"

namespace fulcrum::sched {

void Brain::set_policy(const Policy& policy) {
  Queue queue(*policy.order);
  for (const auto filled : queue_.filled())
    for (const QueueEntry& entry : queue_.buckets()[filled].jobs)
      queue.add(entry.job, jobs_[entry.job], entry.arrival);
  queue_ = std::move(queue);
  if (!policy.looks_ahead()) {
    outlook_.reset();
  } else if (!outlook_) {
    outlook_ = std::make_unique<Outlook>(cluster_, held_);
    for (JobIndex job = 0; job < jobs_.size(); ++job)
      if (!held_[job].empty()) outlook_->already_runs(job, predicted_end_s_[job]);
  }
  options_.policy = {policy.order, options_.policy.place, policy.backfill, policy.preempt};
  head_ = claimant_ = kNoJob;
  turns_at_s_ = -1;
  settled_ = false;
}

}  // namespace fulcrum::sched

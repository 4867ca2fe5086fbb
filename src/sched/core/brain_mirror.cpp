// What a mirror of a live cluster needs besides the twin's calls: jobs that run already, starts
// that are only proposed.
#include <utility>

#include "sched/core/brain.h"

namespace fulcrum::sched {

void Brain::run(JobIndex job, std::vector<Held> held, double start_s) {
  look_outside();
  queue_.remove(job, jobs_[job], jobs_[job].arrival);
  held_[job] = std::move(held);
  for (const Held& one : held_[job]) cluster_.take(one);
  note_running(job, start_s);
  settled_ = false;
  log_seen_ = cluster_.log_end();
}

void Brain::restate(JobIndex job, const Job& now) {
  const std::uint64_t arrival = jobs_[job].arrival;
  jobs_[job] = now;
  jobs_[job].arrival = arrival;
  group(now.group).quota = now.quota;
}

std::vector<JobIndex> Brain::undo_pass() {
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    const JobIndex job = asked_[i].job;
    leaving_[job] = 0;
    outlook_->end_moved(job, predicted_end_s_[job], asked_expected_[i].end_s);
    predicted_end_s_[job] = asked_expected_[i].end_s;
    corrections_[job] = asked_expected_[i].corrections;
  }
  asked_.clear();
  asked_expected_.clear();
  for (const JobIndex job : started_) {
    for (const Held& held : held_[job]) cluster_.give_back(held);
    if (outlook_) outlook_->ended(job, predicted_end_s_[job], -1);
    count_held(job, -1);
    held_[job].clear();
    quotas_.give_back(jobs_[job]);
    --running_;
    queue_.add(job, jobs_[job], jobs_[job].arrival);
  }
  placer_.restart_draws();
  settled_ = settled_ && started_.empty();
  log_seen_ = cluster_.log_end();
  return std::exchange(started_, {});
}

void Brain::set_group(std::uint32_t index, const GroupUse& use) {
  GroupUse& kept = group(index);
  Amounts held = std::move(kept.held);
  const double share = kept.dominant_share;
  kept = use;
  kept.held = std::move(held);
  kept.dominant_share = share;
  settled_ = settled_ && !queue_.takes_turns();
}

}  // namespace fulcrum::sched

#include "sched/twin/present.h"

#include <algorithm>

namespace fulcrum::sched {

void RunningJobs::started(JobIndex job, double now_s) {
  if (place_.size() <= job) place_.resize(job + 1, 0);
  place_[job] = list_.size();
  list_.push_back({job, now_s});
}

void RunningJobs::ended(JobIndex job) {
  const std::size_t place = place_[job];
  list_[place] = list_.back();
  place_[list_[place].job] = place;
  list_.pop_back();
}

Present::Present(const Brain& brain, const std::vector<RunningJob>& running)
    : cluster_(brain.cluster()), running_(running), groups_(brain.groups()) {
  for (const RunningJob& one : running) {
    originals_.push_back(one.job);
    held_.push_back(brain.held(one.job));
    for (const Held& held : held_.back()) cluster_.give_back(held);
  }
  std::vector<QueueEntry> waiting;
  for (const auto filled : brain.queue().filled())
    for (const QueueEntry& entry : brain.queue().buckets()[filled].jobs) waiting.push_back(entry);
  std::sort(waiting.begin(), waiting.end(),
            [](const QueueEntry& a, const QueueEntry& b) { return a.arrival < b.arrival; });
  for (const QueueEntry& entry : waiting) originals_.push_back(entry.job);
  for (const JobIndex job : originals_) {
    jobs_.push_back(brain.job(job));
    next_arrival_ = std::max(next_arrival_, jobs_.back().arrival + 1);
  }
}

Trial Present::trial(const Policy& policy) const {
  Trial trial;
  trial.cluster = std::make_unique<Cluster>(cluster_);
  trial.brain =
      std::make_unique<Brain>(*trial.cluster, BrainOptions{.policy = policy, .typical = {}});
  for (std::size_t i = 0; i < running_.size(); ++i)
    trial.brain->run(trial.brain->admit(jobs_[i]), held_[i], running_[i].start_s);
  for (std::size_t i = running_.size(); i < jobs_.size(); ++i) trial.brain->submit(jobs_[i]);
  for (std::uint32_t group = 0; group < groups_.size(); ++group)
    trial.brain->set_group(group, groups_[group]);
  return trial;
}

}  // namespace fulcrum::sched

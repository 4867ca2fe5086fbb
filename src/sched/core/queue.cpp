#include "sched/core/queue.h"

namespace fulcrum::sched {

const QueueEntry* Queue::Bucket::first_within(double most_s) const {
  auto at = jobs.node_begin();
  const auto end = jobs.node_end();
  if (at == end || at.get_metadata() > most_s) return nullptr;
  while (true) {  // some entry at or below `at` is short enough
    const auto left = at.get_l_child();
    if (left != end && left.get_metadata() <= most_s)
      at = left;
    else if ((*at)->expected_s <= most_s)
      return &**at;
    else
      at = at.get_r_child();
  }
}

Queue::BucketIndex Queue::bucket_of(const Job& job) {
  const std::uint64_t rest = job.has_rest ? std::uint64_t{job.rest_shape} + 1 : 0;
  const std::uint32_t group = takes_turns() ? job.group : 0;
  const std::array<std::uint64_t, 3> key{std::uint64_t{job.shape} << 32 | job.tasks,
                                         rest << 32 | group,
                                         std::uint64_t{job.quota} << 32 | job.reservation};
  const auto [at, is_new] = index_.try_emplace(key, static_cast<BucketIndex>(buckets_.size()));
  if (is_new) {
    buckets_.push_back({job.shape, group, job.tasks, job.rest_shape, job.has_rest, {}});
    place_in_filled_.push_back(0);
  }
  return at->second;
}

QueueEntry Queue::entry(JobIndex index, const Job& job, std::uint64_t arrival) const {
  return {order_->job_key(job), arrival, index, expected_duration_s(job)};
}

void Queue::add(JobIndex index, const Job& job, std::uint64_t arrival) {
  const BucketIndex to = bucket_of(job);
  Bucket& bucket = buckets_[to];
  if (bucket.jobs.empty()) {
    place_in_filled_[to] = filled_.size();
    filled_.push_back(to);
  }
  size_ += bucket.jobs.insert(entry(index, job, arrival)).second ? 1 : 0;
}

void Queue::remove(JobIndex index, const Job& job, std::uint64_t arrival) {
  const BucketIndex from = bucket_of(job);
  Bucket& bucket = buckets_[from];
  if (!bucket.jobs.erase(entry(index, job, arrival))) return;
  --size_;
  if (!bucket.jobs.empty()) return;
  const std::size_t place = place_in_filled_[from];
  filled_[place] = filled_.back();
  place_in_filled_[filled_[place]] = place;
  filled_.pop_back();
}

}  // namespace fulcrum::sched

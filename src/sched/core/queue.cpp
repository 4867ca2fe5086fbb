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
  const std::array<std::uint64_t, 3> key{std::uint64_t{job.shape} << 32 | job.tasks, rest, group};
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

Queue::BucketIndex Queue::next(const std::vector<char>& blocked,
                               const std::vector<GroupUse>& groups, double now_s) const {
  BucketIndex best = kNoBucket;
  double best_rank = 0;
  for (const BucketIndex i : filled_) {
    const Bucket& bucket = buckets_[i];
    if (i < blocked.size() && blocked[i] != 0) continue;
    const double rank = group_rank(bucket, groups, now_s);
    if (best == kNoBucket || rank < best_rank ||
        (rank == best_rank && bucket.first() < buckets_[best].first())) {
      best = i;
      best_rank = rank;
    }
  }
  return best;
}

}  // namespace fulcrum::sched

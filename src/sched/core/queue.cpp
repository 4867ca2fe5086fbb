#include "sched/core/queue.h"

namespace fulcrum::sched {

Queue::BucketIndex Queue::bucket_of(const Job& job) {
  const std::uint64_t rest = job.has_rest ? std::uint64_t{job.rest_shape} + 1 : 0;
  const std::array<std::uint64_t, 3> key{std::uint64_t{job.shape} << 32 | job.tasks, rest,
                                         order_->group_key ? job.group : 0};
  const auto [at, is_new] = index_.try_emplace(key, static_cast<BucketIndex>(buckets_.size()));
  if (is_new)
    buckets_.push_back({job.shape,
                        order_->group_key ? job.group : 0,
                        job.tasks,
                        job.rest_shape,
                        job.has_rest,
                        {}});
  return at->second;
}

void Queue::add(JobIndex index, const Job& job, std::uint64_t arrival) {
  Bucket& bucket = buckets_[bucket_of(job)];
  size_ += bucket.jobs.insert({order_->job_key(job), arrival, index}).second ? 1 : 0;
}

void Queue::remove(JobIndex index, const Job& job, std::uint64_t arrival) {
  Bucket& bucket = buckets_[bucket_of(job)];
  size_ -= bucket.jobs.erase({order_->job_key(job), arrival, index});
}

Queue::BucketIndex Queue::next(const std::vector<char>& blocked,
                               const std::vector<GroupUse>& groups, double now_s) const {
  BucketIndex best = kNoBucket;
  double best_group = 0;
  for (BucketIndex i = 0; i < buckets_.size(); ++i) {
    const Bucket& bucket = buckets_[i];
    if (bucket.jobs.empty() || (i < blocked.size() && blocked[i] != 0)) continue;
    const double group = order_->group_key ? order_->group_key(groups[bucket.group], now_s) : 0;
    if (best == kNoBucket || group < best_group ||
        (group == best_group && *bucket.jobs.begin() < *buckets_[best].jobs.begin())) {
      best = i;
      best_group = group;
    }
  }
  return best;
}

}  // namespace fulcrum::sched

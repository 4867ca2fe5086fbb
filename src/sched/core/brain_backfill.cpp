// EASY (Lifka 1995): a job behind the head may start if it fits now and either ends before the
// head's expected start or leaves the head its room then.
#include <algorithm>
#include <cmath>

#include "sched/core/brain.h"

namespace fulcrum::sched {

namespace {

struct Candidate {
  Rank rank;
  QueueEntry entry;
  Queue::BucketIndex bucket;
  double most_s;  // longer ones of this bucket would delay the head or run into a window
  /// Heaps have their largest in front.
  bool operator<(const Candidate& other) const {
    return rank == other.rank ? other.entry < entry : other.rank < rank;
  }
};

}  // namespace

/// Cheap and necessary; most buckets of a full cluster end here.
bool Brain::room_in_total(const Queue::Bucket& bucket) const {
  const Shape& shape = cluster_.shape_of(bucket.shape);
  if (shape.gpus == 0 || cluster_.mixes_kinds()) return true;
  const std::int64_t milli = std::int64_t{shape.gpus} * bucket.tasks * shape.gpu_milli;
  return milli <=
         (cluster_.gpu_milli() > 0 ? cluster_.free_gpu_milli() : cluster_.free_cpu_milli());
}

Brain::Behind Brain::try_behind_head(const QueueEntry& entry, double now_s) {
  std::vector<Held> held;
  const Job& job = jobs_[entry.job];
  if (!quotas_.admits(job) || !keeps_promises(job, now_s) || !place(job, now_s, held))
    return Behind::kNoRoom;
  if (now_s + entry.expected_s <= head_start_s_ || outlook_->leaves_room(held)) {
    start(entry.job, now_s, std::move(held));
    settled_ = settled_ && !one_delays_;
    return Behind::kStarted;
  }
  for (const Held& taken : held) cluster_.give_back(taken);
  one_delays_ = cluster_.size() > 1;
  return Behind::kDelaysHead;
}

bool Brain::would_start_behind_head(const QueueEntry& entry, double now_s) {
  std::vector<Held> held;
  if (!placer_.place(jobs_[entry.job], held)) return false;
  const bool may = now_s + entry.expected_s <= head_start_s_ || outlook_->leaves_room(held);
  for (const Held& taken : held) cluster_.give_back(taken);
  return may;
}

void Brain::backfill(double now_s) {
  std::vector<Candidate> heap;
  const auto add = [&](Queue::BucketIndex index, double most_s) {
    const Queue::Bucket& bucket = queue_.buckets()[index];
    if (bucket.jobs.empty() || !room_in_total(bucket)) return;
    const QueueEntry* entry = std::isinf(most_s) ? &bucket.first() : bucket.first_within(most_s);
    if (entry == nullptr) return;
    heap.push_back({rank_of(bucket, now_s), *entry, index, most_s});
    std::push_heap(heap.begin(), heap.end());
  };
  const auto head_bucket = queue_.bucket_of(jobs_[head_]);
  for (const auto bucket : queue_.filled())
    if (bucket != head_bucket) add(bucket, INFINITY);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end());
    const Candidate next = heap.back();
    heap.pop_back();
    if (next.rank < rank_of(queue_.buckets()[next.bucket], now_s)) {
      add(next.bucket, next.most_s);  // its group was served meanwhile
      continue;
    }
    const Behind outcome = try_behind_head(next.entry, now_s);
    double most_s = next.most_s;
    if (outcome == Behind::kDelaysHead) most_s = head_start_s_ - now_s;
    if (outcome == Behind::kNoRoom) most_s = gap_below_s(next.entry.expected_s, now_s);
    if (outcome == Behind::kStarted || (most_s > 0 && most_s < next.most_s))
      add(next.bucket, most_s);
  }
}

}  // namespace fulcrum::sched

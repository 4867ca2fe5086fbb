#pragma once
// Waiting jobs in the order of a policy: one ordered tree for each (shape, gang size, group,
// quota, reservation), since such jobs are met or refused together. Each tree also knows its
// shortest expected duration, so that backfilling finds "the first that ends in time" without
// looking at the others.
#include <array>
#include <ext/pb_ds/assoc_container.hpp>
#include <ext/pb_ds/tree_policy.hpp>
#include <map>
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched {

struct QueueEntry {
  double key = 0;
  std::uint64_t arrival = 0;
  JobIndex job = kNoJob;
  double expected_s = 0;  // infinity: unknown
  bool operator<(const QueueEntry& other) const {
    return key != other.key ? key < other.key : arrival < other.arrival;
  }
};

/// Whose turn it is: those within their guarantee before those who borrow, then by their group.
struct Rank {
  std::uint32_t borrows = 0;  // QuotaTree::borrows()
  double turn = 0;
  bool operator==(const Rank&) const = default;
  bool operator<(const Rank& other) const {
    return borrows != other.borrows ? borrows < other.borrows : turn < other.turn;
  }
};

/// Metadata of a subtree: its shortest expected_s (a node update policy of GNU pb_ds).
template <class NodeConstIterator, class NodeIterator, class Less, class Allocator>
struct ShortestBelow {
  using metadata_type = double;
  void operator()(NodeIterator at, NodeConstIterator end) const {
    double shortest_s = (*at)->expected_s;
    if (at.get_l_child() != end && at.get_l_child().get_metadata() < shortest_s)
      shortest_s = at.get_l_child().get_metadata();
    if (at.get_r_child() != end && at.get_r_child().get_metadata() < shortest_s)
      shortest_s = at.get_r_child().get_metadata();
    const_cast<double&>(at.get_metadata()) = shortest_s;
  }
  virtual ~ShortestBelow() = default;
};

class Queue {
 public:
  using BucketIndex = std::uint32_t;
  static constexpr BucketIndex kNoBucket = std::numeric_limits<BucketIndex>::max();
  using Tree = __gnu_pbds::tree<QueueEntry, __gnu_pbds::null_type, std::less<QueueEntry>,
                                __gnu_pbds::rb_tree_tag, ShortestBelow>;
  struct Bucket {
    ShapeIndex shape = 0;
    std::uint32_t group = 0;
    std::uint32_t tasks = 1;
    ShapeIndex rest_shape = 0;
    bool has_rest = false;
    Tree jobs;
    /// Requires jobs.
    const QueueEntry& first() const { return *jobs.begin(); }
    /// The first whose expected duration is at most `most_s`, or nullptr.
    const QueueEntry* first_within(double most_s) const;
  };

  explicit Queue(const OrderStage& order) : order_(&order) {}

  void add(JobIndex index, const Job& job, std::uint64_t arrival);
  /// Does nothing when it is not there.
  void remove(JobIndex index, const Job& job, std::uint64_t arrival);
  std::size_t size() const { return size_; }
  const std::vector<Bucket>& buckets() const { return buckets_; }
  /// Those that hold jobs, in no order.
  const std::vector<BucketIndex>& filled() const { return filled_; }
  QueueEntry entry(JobIndex index, const Job& job, std::uint64_t arrival) const;
  bool takes_turns() const { return order_->group_key != nullptr; }
  const OrderStage& order() const { return *order_; }
  BucketIndex bucket_of(const Job& job);

  /// The bucket whose first job goes next, among those not in `blocked` (by bucket), or kNoBucket.
  /// `rank_of(bucket)`: whose turn it is; smaller goes first.
  template <class RankOf>
  BucketIndex next(const std::vector<char>& blocked, const RankOf& rank_of) const {
    BucketIndex best = kNoBucket;
    Rank best_rank;
    for (const BucketIndex i : filled_) {
      if (i < blocked.size() && blocked[i] != 0) continue;
      const Rank rank = rank_of(buckets_[i]);
      if (best != kNoBucket && best_rank < rank) continue;
      if (best != kNoBucket && rank == best_rank && !(buckets_[i].first() < buckets_[best].first()))
        continue;
      best = i;
      best_rank = rank;
    }
    return best;
  }
  /// The same where all have one rank.
  BucketIndex next(const std::vector<char>& blocked) const {
    BucketIndex best = kNoBucket;
    for (const BucketIndex i : filled_)
      if (i >= blocked.size() || blocked[i] == 0)
        if (best == kNoBucket || buckets_[i].first() < buckets_[best].first()) best = i;
    return best;
  }

 private:
  const OrderStage* order_;
  std::vector<Bucket> buckets_;
  std::vector<BucketIndex> filled_;
  std::vector<std::size_t> place_in_filled_;  // by bucket
  std::map<std::array<std::uint64_t, 3>, BucketIndex> index_;
  std::size_t size_ = 0;
};

/// What is known of a duration: the prediction, else the limit, else infinity.
inline double expected_duration_s(const Job& job) {
  if (job.predicted_s > 0) return job.predicted_s;
  return job.limit_s > 0 ? job.limit_s : std::numeric_limits<double>::infinity();
}

}  // namespace fulcrum::sched

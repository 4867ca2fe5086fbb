#pragma once
// Waiting jobs in the order of a policy: one ordered set for each (shape, group), since jobs of one
// shape are met or refused together.
#include <map>
#include <set>
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched {

class Queue {
 public:
  using BucketIndex = std::uint32_t;
  static constexpr BucketIndex kNoBucket = std::numeric_limits<BucketIndex>::max();
  struct Entry {
    double key;
    std::uint64_t arrival;
    JobIndex job;
    bool operator<(const Entry& other) const {
      return key != other.key ? key < other.key : arrival < other.arrival;
    }
  };
  struct Bucket {
    ShapeIndex shape = 0;
    std::uint32_t group = 0;
    std::uint32_t tasks = 1;  // gangs of one size wait together
    ShapeIndex rest_shape = 0;
    bool has_rest = false;
    std::set<Entry> jobs;
  };

  explicit Queue(const OrderStage& order) : order_(&order) {}

  void add(JobIndex index, const Job& job, std::uint64_t arrival);
  /// Does nothing when it is not there.
  void remove(JobIndex index, const Job& job, std::uint64_t arrival);
  std::size_t size() const { return size_; }
  const std::vector<Bucket>& buckets() const { return buckets_; }

  /// The first job of the bucket that goes next among those not in `blocked` (by bucket), or
  /// kNoBucket.
  BucketIndex next(const std::vector<char>& blocked, const std::vector<GroupUse>& groups,
                   double now_s) const;

 private:
  BucketIndex bucket_of(const Job& job);
  const OrderStage* order_;
  std::vector<Bucket> buckets_;
  std::map<std::array<std::uint64_t, 3>, BucketIndex> index_;
  std::size_t size_ = 0;
};

}  // namespace fulcrum::sched

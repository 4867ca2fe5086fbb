#pragma once
// Quotas as a tree: what each part of a team is sure of, and what it may use at most. Devices are
// Job::devices: GPUs, or cores on a cluster without any.
#include <cstdint>
#include <vector>

#include "sched/core/stages.h"

namespace fulcrum::sched {

struct QuotaNode {
  std::uint32_t parent = kNoQuota;  // kNoQuota: a root
  /// Its jobs get these back from whoever borrowed them; at least what the quotas right below it
  /// are guaranteed.
  double guaranteed_devices = 0;
  double limit_devices = 0;  // 0: none
  bool may_borrow = true;    // false: the guarantee is the limit
  double share = 1;          // fair-share weight among its siblings, > 0
};

/// Amounts of a job count in its quota and in all above it. Single-threaded.
class QuotaTree {
 public:
  QuotaTree() = default;
  /// Parents before children.
  explicit QuotaTree(std::vector<QuotaNode> quotas);

  bool empty() const { return quotas_.empty(); }
  std::size_t size() const { return quotas_.size(); }
  const QuotaNode& quota(std::uint32_t index) const { return quotas_[index]; }
  double held_devices(std::uint32_t index) const { return held_[index]; }
  /// Infinity: none.
  double limit_devices(std::uint32_t index) const;

  void take(const Job& job) { count(job, 1); }
  void give_back(const Job& job) { count(job, -1); }

  /// No limit from its quota upwards forbids the job to start now.
  bool admits(const Job& job) const { return first_over(job) == kNoQuota; }
  /// The lowest quota whose limit forbids it, or kNoQuota.
  std::uint32_t first_over(const Job& job) const;
  /// Could it ever start, with nothing else running?
  bool admits_ever(const Job& job) const;
  /// With both, no limit of a quota in which both count is exceeded.
  bool admits_both(const Job& one, const Job& other) const;
  /// Its own quota or one above would still be within its guarantee with it. Jobs without a quota
  /// have no guarantee.
  bool is_guaranteed(const Job& job) const;
  /// How much it would borrow, to compare with others: first whether it is guaranteed at all, then
  /// whether each of its quotas would be beyond its guarantee, from the root down. 0: nothing. A
  /// job without a quota borrows as one does whose quota is a root.
  std::uint32_t borrows(const Job& job) const;
  /// Where the two jobs' branches part: the waiting job's branch would be within its guarantee, and
  /// the running job's is beyond its own, as is every quota from there down to the running job's:
  /// it borrowed. A job without a quota borrows all that it holds.
  bool may_reclaim(const Job& waiting, const Job& running) const;

  /// The place of each group when turns are taken at each level, smallest first: `key` ranks
  /// siblings, and what a quota uses is the sum of what is below it; of
  /// that its dominant share.
  std::vector<double> turns(const std::vector<GroupUse>& groups, const Amounts& capacity,
                            double (*key)(const GroupUse& use, double now_s), double now_s) const;

 private:
  void count(const Job& job, double sign);

  std::vector<QuotaNode> quotas_;
  std::vector<std::uint32_t> depth_;
  std::vector<double> promised_;  // guarantees, with what is guaranteed below
  std::vector<double> held_;
};

}  // namespace fulcrum::sched

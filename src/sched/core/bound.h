#pragma once
// A lower bound on Σ weight·completion over every schedule of rigid jobs on `devices` equal
// devices.
#include <vector>

namespace fulcrum::sched {

struct BoundJob {
  double weight = 0;  // priority·devices
  double devices = 0;
  double duration_s = 0;
  double release_s = 0;
};

/// The better of two relaxations: every job starts when it is released; or one machine that is
/// `devices` times as fast, preemptive, highest weight per area first, which minimises
/// Σ weight·(mean busy time), and a rigid job completes half its duration after its mean busy time
/// (Goemans, Queyranne, Schulz, Skutella, Wang 2002; Eastman, Even, Isaacs 1964). Times count from
/// zero.
double weighted_completion_bound(const std::vector<BoundJob>& jobs, double devices);

}  // namespace fulcrum::sched

// The first few that wait, in the order that branch and bound proves best (exact.h): starts those
// that the best schedule starts now, where it beats the order of the policy; everything else is
// EASY's. Devices count as one pool and durations as what is expected of them, so that what is
// proven is proven of a simpler cluster; a job whose place does not exist is not started.
#include <algorithm>
#include <cmath>

#include "sched/core/brain.h"
#include "sched/core/exact.h"

namespace fulcrum::sched {

namespace {

constexpr std::size_t kFirst = 7;
constexpr std::uint64_t kMostSteps = 4'000;
constexpr std::size_t kMostRunning = 64;  // beyond that the first few matter little
constexpr double kGain = 0.01;            // what it has to save of what the order costs

}  // namespace

void Brain::start_the_best(double now_s) {
  if (queue_.size() < 2 || running_ > kMostRunning) return;
  std::vector<JobIndex> first;
  for (const QueueEntry& entry : first_in_order(kFirst, now_s)) {
    if (std::isinf(entry.expected_s)) break;  // nobody passes it here
    first.push_back(entry.job);
  }
  if (first.size() < 2) return;
  const double devices = static_cast<double>(cluster_.device_milli()) / kWhole;
  std::vector<BoundJob> jobs;
  for (const JobIndex index : first) {
    const Job& job = jobs_[index];
    jobs.push_back({weight_of(job), job.devices, expected_duration_s(job), 0});
  }
  std::vector<HeldUntil> held;
  for (const auto& [end_s, running] : outlook_->ends()) {
    if (std::isinf(end_s)) return;
    held.push_back({jobs_[running].devices, end_s - now_s});
  }
  const auto best = best_schedule(jobs, devices, kMostSteps, held);
  if (!best || best->cost > best->cost_as_given * (1 - kGain)) return;
  for (std::size_t i = 0; i < first.size(); ++i)
    if (best->start_s[i] <= 0) try_start(first[i], now_s);
}

}  // namespace fulcrum::sched

#pragma once
// The smallest sum of weight x completion of a few rigid jobs on a pool of equal devices: the
// oracle of tests, and the order of the queue's head (brain_exact.cpp).
#include <cstdint>
#include <optional>
#include <vector>

#include "sched/core/bound.h"

namespace fulcrum::sched {

/// Devices that are held until then.
struct HeldUntil {
  double devices = 0;
  double until_s = 0;
};

struct ExactSchedule {
  double cost = 0;
  double cost_as_given = 0;     // each job in the order given at its earliest time
  std::vector<double> start_s;  // by job
};

/// Branch and bound over the orders in which jobs are put at their earliest time: these schedules
/// are the active ones, and some best schedule of a regular objective is active (Sprecher, Kolisch,
/// Drexl 1995). At most kMostExactJobs jobs; nothing for more, or when `most_steps` did not
/// suffice, or a job asks for more devices than there are.
inline constexpr std::size_t kMostExactJobs = 12;
std::optional<ExactSchedule> best_schedule(const std::vector<BoundJob>& jobs, double devices,
                                           std::uint64_t most_steps = 20'000'000,
                                           const std::vector<HeldUntil>& held = {});

}  // namespace fulcrum::sched

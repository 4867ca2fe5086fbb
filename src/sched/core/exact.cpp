#include "sched/core/exact.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fulcrum::sched {

namespace {

class Search {
 public:
  Search(const std::vector<BoundJob>& jobs, double devices, std::uint64_t most_steps,
         const std::vector<HeldUntil>& held)
      : jobs_(jobs),
        devices_(devices),
        steps_left_(most_steps),
        running_(held),
        start_s_(jobs.size(), -1) {
    by_smith_.resize(jobs.size());
    std::iota(by_smith_.begin(), by_smith_.end(), 0);
    const auto index = [&](std::size_t i) {
      return jobs[i].weight / std::max(1e-12, jobs[i].devices * jobs[i].duration_s);
    };
    std::stable_sort(by_smith_.begin(), by_smith_.end(),
                     [&](std::size_t a, std::size_t b) { return index(a) > index(b); });
  }

  bool run() {
    take_order_as_given();
    branch(0, 0);
    return !is_out_;
  }
  ExactSchedule best() const { return best_; }

 private:
  void take_order_as_given() {
    for (std::size_t job = 0; job < jobs_.size(); ++job) {
      start_s_[job] = earliest_s(jobs_[job]);
      placed_.push_back(job);
      best_.cost += jobs_[job].weight * (start_s_[job] + jobs_[job].duration_s);
    }
    best_.cost_as_given = best_.cost;
    best_.start_s = start_s_;
    placed_.clear();
    start_s_.assign(jobs_.size(), -1);
  }

  double held_at(double time_s) const {
    double held = 0;
    for (const HeldUntil& one : running_)
      if (time_s < one.until_s) held += one.devices;
    for (const std::size_t other : placed_)
      if (start_s_[other] <= time_s && time_s < start_s_[other] + jobs_[other].duration_s)
        held += jobs_[other].devices;
    return held;
  }

  /// Does the job have its devices from `from_s` to its end? What is held grows only at starts.
  bool fits(const BoundJob& job, double from_s) const {
    if (held_at(from_s) + job.devices > devices_) return false;
    return std::all_of(placed_.begin(), placed_.end(), [&](std::size_t other) {
      const double at_s = start_s_[other];
      return at_s <= from_s || at_s >= from_s + job.duration_s ||
             held_at(at_s) + job.devices <= devices_;
    });
  }

  double earliest_s(const BoundJob& job) const {
    std::vector<double> moments{job.release_s};
    for (const std::size_t other : placed_) {
      const double end_s = start_s_[other] + jobs_[other].duration_s;
      if (end_s > job.release_s) moments.push_back(end_s);
    }
    for (const HeldUntil& one : running_)
      if (one.until_s > job.release_s) moments.push_back(one.until_s);
    std::sort(moments.begin(), moments.end());
    for (const double moment_s : moments)
      if (fits(job, moment_s)) return moment_s;
    return INFINITY;
  }

  void branch(std::size_t depth, double cost) {
    if (is_out_ || steps_left_-- == 0) {
      is_out_ = true;
      return;
    }
    if (depth == jobs_.size()) {
      if (cost < best_.cost) best_ = {cost, best_.cost_as_given, start_s_};
      return;
    }
    std::vector<std::pair<std::size_t, double>> next;  // job, earliest start
    double alone = cost;
    std::vector<BoundJob> left;
    for (const std::size_t job : by_smith_) {
      if (start_s_[job] >= 0) continue;
      const double at_s = earliest_s(jobs_[job]);
      next.emplace_back(job, at_s);
      alone += jobs_[job].weight * (at_s + jobs_[job].duration_s);
      left.push_back(jobs_[job]);
    }
    const double worst_kept = best_.cost * (1 - 1e-12);
    if (alone >= worst_kept) return;
    if (cost + weighted_completion_bound(left, devices_) >= worst_kept) return;
    for (const auto& [job, at_s] : next) {
      if (!std::isfinite(at_s)) return;
      start_s_[job] = at_s;
      placed_.push_back(job);
      branch(depth + 1, cost + jobs_[job].weight * (at_s + jobs_[job].duration_s));
      placed_.pop_back();
      start_s_[job] = -1;
    }
  }

  const std::vector<BoundJob>& jobs_;
  double devices_;
  std::uint64_t steps_left_;
  const std::vector<HeldUntil>& running_;
  bool is_out_ = false;
  std::vector<std::size_t> by_smith_, placed_;
  std::vector<double> start_s_;
  ExactSchedule best_;
};

}  // namespace

std::optional<ExactSchedule> best_schedule(const std::vector<BoundJob>& jobs, double devices,
                                           std::uint64_t most_steps,
                                           const std::vector<HeldUntil>& held) {
  if (jobs.size() > kMostExactJobs) return std::nullopt;
  for (const BoundJob& job : jobs)
    if (job.devices > devices) return std::nullopt;
  Search search(jobs, devices, most_steps, held);
  if (!search.run()) return std::nullopt;
  return search.best();
}

}  // namespace fulcrum::sched

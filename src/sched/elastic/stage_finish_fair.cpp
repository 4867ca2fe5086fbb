// Rigid jobs with known run times, preempted between rounds: fair at the end, and no device idle at
// the end. A job's slowdown is its time in the system over its run time. Each round finds the
// smallest slowdown that every job can still keep (earliest due date in the fluid relaxation, by
// bisection; on one machine this is the optimal preemptive policy for the largest slowdown: Bender,
// Chakrabarti, Muthukrishnan 1998), allows a little more, and never takes back what it allowed. A
// job is due when it would exceed that, or when everything could be over, whichever is sooner; the
// least slack (time until due, less time left) goes first.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "sched/elastic/shares.h"
#include "sched/elastic/stages.h"

namespace fulcrum::sched::resize_stages {

namespace {

constexpr double kAllowed = 1.05;  // times the smallest: so much is traded for the common end
constexpr int kHalvings = 40;

struct Remaining {
  double age_s = 0, left_s = 0, run_s = 0, replicas = 1;
};

/// Could all keep this slowdown if devices could be divided at will?
bool can_keep(const std::vector<Remaining>& jobs, double slowdown, double devices) {
  std::vector<std::pair<double, double>> due;  // when, device-seconds
  for (const Remaining& job : jobs) {
    const double due_s = slowdown * job.run_s - job.age_s;
    if (job.left_s > due_s) return false;
    due.emplace_back(due_s, job.left_s * job.replicas);
  }
  std::sort(due.begin(), due.end());
  double sum = 0;
  return std::all_of(due.begin(), due.end(), [&](const auto& one) {
    sum += one.second;
    return sum <= devices * one.first;
  });
}

double smallest_slowdown(const std::vector<Remaining>& jobs, double devices) {
  double low = 1, high = 2;
  while (!can_keep(jobs, high, devices) && high < 1e9) high *= 2;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (can_keep(jobs, middle, devices) ? high : low) = middle;
  }
  return high;
}

class FinishFair final : public Resizer {
 public:
  std::vector<Allocation> resize(const ResizeRound& round) override {
    const double devices = std::accumulate(round.devices.begin(), round.devices.end(), 0.0);
    std::vector<Remaining> jobs;
    double work = 0, longest_s = 0;
    for (const ElasticJob& job : round.jobs) {
      const double left_s = job.future != nullptr ? job.future->left_s(job.asked) : 0;
      const double run_s = std::max(left_s + job.attained_device_s / job.asked, 1.0);
      jobs.push_back({job.age_s, left_s, run_s, static_cast<double>(job.asked)});
      if (job.asked > devices) continue;
      work += left_s * job.asked;
      longest_s = std::max(longest_s, left_s);
    }
    const double over_s = std::max(work / devices, longest_s);
    allowed_ = std::max(allowed_, kAllowed * smallest_slowdown(jobs, devices));
    std::vector<double> slack_s;
    for (const Remaining& job : jobs)
      slack_s.push_back(std::min(allowed_ * job.run_s - job.age_s, over_s) - job.left_s);
    std::vector<std::size_t> order(jobs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return slack_s[a] < slack_s[b]; });
    return run_in_order(round, order);
  }

 private:
  double allowed_ = 1;
};

}  // namespace

const ResizeStage finish_fair{
    "finish_fair", []() -> std::unique_ptr<Resizer> { return std::make_unique<FinishFair>(); }};

}  // namespace fulcrum::sched::resize_stages

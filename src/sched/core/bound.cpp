#include "sched/core/bound.h"

#include <algorithm>
#include <queue>

namespace fulcrum::sched {

namespace {

struct Part {
  std::size_t job = 0;
  double density = 0;  // weight per area
  double area_left = 0;
  bool operator<(const Part& other) const {
    return density < other.density || (density == other.density && job > other.job);
  }
};

/// Mean busy times on the fast machine, by job.
std::vector<double> mean_busy_times(const std::vector<BoundJob>& jobs, double devices) {
  std::vector<std::size_t> by_release(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) by_release[i] = i;
  std::sort(by_release.begin(), by_release.end(),
            [&](std::size_t a, std::size_t b) { return jobs[a].release_s < jobs[b].release_s; });
  std::vector<double> mean_s(jobs.size(), 0);
  std::priority_queue<Part> released;
  double now_s = 0;
  for (std::size_t next = 0; next < by_release.size() || !released.empty();) {
    if (released.empty()) now_s = std::max(now_s, jobs[by_release[next]].release_s);
    for (; next < by_release.size() && jobs[by_release[next]].release_s <= now_s; ++next) {
      const BoundJob& job = jobs[by_release[next]];
      const double area = job.devices * job.duration_s;
      if (area > 0) released.push({by_release[next], job.weight / area, area});
    }
    if (released.empty()) continue;
    Part part = released.top();
    released.pop();
    double run_s = part.area_left / devices;
    if (next < by_release.size()) run_s = std::min(run_s, jobs[by_release[next]].release_s - now_s);
    const BoundJob& job = jobs[part.job];
    mean_s[part.job] += (now_s + run_s / 2) * run_s * devices / (job.devices * job.duration_s);
    now_s += run_s;
    part.area_left -= run_s * devices;
    if (part.area_left > 1e-9 * job.devices * job.duration_s) released.push(part);
  }
  return mean_s;
}

}  // namespace

double weighted_completion_bound(const std::vector<BoundJob>& jobs, double devices) {
  if (devices <= 0) return 0;
  const std::vector<double> mean_s = mean_busy_times(jobs, devices);
  double alone = 0, fluid = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    alone += jobs[i].weight * (jobs[i].release_s + jobs[i].duration_s);
    fluid += jobs[i].weight * (mean_s[i] + jobs[i].duration_s / 2);
  }
  return std::max(alone, fluid);
}

}  // namespace fulcrum::sched

#include "sched/twin/replay.h"

#include <cmath>
#include <functional>
#include <limits>
#include <queue>

namespace fulcrum::sched {

Replay replay(Cluster& cluster, const Workload& workload, BrainOptions options) {
  constexpr double kNever = std::numeric_limits<double>::quiet_NaN();
  const std::size_t count = workload.jobs.size();
  Replay run{std::vector<double>(count, kNever), std::vector<double>(count, kNever), 0, 0};
  Brain brain(cluster, std::move(options));
  using Ending = std::pair<double, JobIndex>;
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings;
  std::size_t next = 0;
  while (next < count || !endings.empty()) {
    double now_s = next < count ? workload.jobs[next].submit_s : INFINITY;
    if (!endings.empty() && endings.top().first < now_s) now_s = endings.top().first;
    for (; !endings.empty() && endings.top().first == now_s; endings.pop())
      brain.end(endings.top().second, now_s);
    for (; next < count && workload.jobs[next].submit_s == now_s; ++next)
      brain.submit(workload.jobs[next]);
    ++run.passes;
    for (const JobIndex job : brain.pass(now_s)) {
      run.start_s[job] = now_s;
      run.end_s[job] = now_s + workload.duration_s[job];
      endings.push({run.end_s[job], job});
    }
  }
  run.decisions = brain.decisions();
  return run;
}

}  // namespace fulcrum::sched

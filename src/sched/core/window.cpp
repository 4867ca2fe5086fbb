#include "sched/core/window.h"

#include <algorithm>
#include <cmath>

#include "sched/core/queue.h"

namespace fulcrum::sched {

bool Windows::forget_passed(double now_s) {
  return std::erase_if(windows_, [&](const Window& one) { return one.until_s <= now_s; }) > 0;
}

void Windows::close(const Job& job, double now_s, std::vector<char>& closed) const {
  const double expected_s = expected_duration_s(job);
  const double end_s = now_s + (std::isfinite(expected_s) ? expected_s : kUnknownRunS);
  for (const Window& window : windows_) {
    const bool is_its_own = window.reservation != kNobody && window.reservation == job.reservation;
    if (is_its_own || window.from_s >= end_s || window.until_s <= now_s) continue;
    for (const NodeIndex node : window.nodes) closed[node] = 1;
  }
}

double Windows::next_edge_s(double now_s) const {
  double next_s = INFINITY;
  for (const Window& window : windows_)
    for (const double edge_s : {window.from_s, window.until_s})
      if (edge_s > now_s) next_s = std::min(next_s, edge_s);
  return next_s;
}

double Windows::gap_below_s(double expected_s, double now_s) const {
  const double most_s = std::isfinite(expected_s) ? expected_s : kUnknownRunS;
  double gap_s = 0;
  for (const Window& window : windows_)
    if (window.from_s - now_s < most_s) gap_s = std::max(gap_s, window.from_s - now_s);
  return gap_s;
}

}  // namespace fulcrum::sched

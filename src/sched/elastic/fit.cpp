// Fits a StepModel: passes by least squares of relative errors; for each of some overlaps, what is
// left of a step after its pass is the synchronisation, which is fitted the same way; the overlap
// with the smallest error wins. Closed forms, so that the same observations give the same model.
#include <algorithm>
#include <cmath>

#include "sched/elastic/goodput.h"

namespace fulcrum::sched {

namespace {

constexpr double kOverlaps[] = {1, 1.15, 1.35, 1.6, 2, 2.5, 3.2, 4, 5.5, 7.5, 10};
constexpr double kOverlapCost = 1e-3;  // small overlaps are preferred where data say little
constexpr double kRemoteAtLeast = 1.1;
constexpr double kTiny = 1e-8;

struct Point {
  double x = 0, y = 0, weight = 1;
};

struct Line {
  double base = 0, slope = 0;
};

/// Weighted least squares with base, slope >= 0. One x only: the slope is 0.
Line line_through(const std::vector<Point>& points) {
  double w = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const Point& point : points) {
    w += point.weight;
    x += point.weight * point.x;
    y += point.weight * point.y;
    xx += point.weight * point.x * point.x;
    xy += point.weight * point.x * point.y;
  }
  if (w <= 0) return {};
  const double spread = xx - x * x / w;
  Line line;
  if (spread > 1e-12 * xx) line.slope = (xy - x * y / w) / spread;
  if (line.slope < 0) line.slope = 0;
  line.base = (y - line.slope * x) / w;
  if (line.base < 0) {
    line.base = 0;
    line.slope = xx > 0 ? xy / xx : 0;
  }
  return line;
}

void fit_passes(const std::vector<Observation>& seen, StepModel& model) {
  std::vector<Point> points;
  bool one_size = true;
  for (const Observation& one : seen) {
    points.push_back({one.local, one.pass_s, 1 / (one.pass_s * one.pass_s)});
    one_size = one_size && one.local == seen[0].local;
  }
  Line line = line_through(points);
  if (one_size) {  // half of it, so that larger passes look promising
    line.base /= 2;
    line.slope = line.base / seen[0].local;
  }
  model.pass_base_s = std::max(line.base, kTiny);
  model.pass_per_example_s = std::max(line.slope, kTiny);
}

/// What of a step its pass does not explain, at this overlap.
double sync_seen(const Observation& one, double overlap) {
  const double pass = std::min(one.pass_s, one.step_s);
  return std::pow(std::max(0.0, std::pow(one.step_s, overlap) - std::pow(pass, overlap)),
                  1 / overlap);
}

Line fit_sync(const std::vector<Observation>& seen, bool remote, double overlap) {
  std::vector<Point> points;
  for (const Observation& one : seen) {
    if (one.replicas < 2 || (one.nodes > 1) != remote) continue;
    const double sync = sync_seen(one, overlap);
    if (sync <= 0) continue;
    // d ln(step) = (sync / step)^overlap d ln(sync)
    const double weight = std::pow(sync / one.step_s, overlap) / sync;
    points.push_back({one.replicas - 2.0, sync, weight * weight});
  }
  return line_through(points);
}

double error_of(const std::vector<Observation>& seen, const StepModel& model) {
  double sum = 0;
  for (const Observation& one : seen) {
    const double off = std::log(model.step_s(one.nodes, one.replicas, {one.local, 0}) / one.step_s);
    sum += off * off;
  }
  return std::sqrt(sum / static_cast<double>(seen.size()));
}

}  // namespace

StepModel fit_step_model(const std::vector<Observation>& seen) {
  StepModel best;
  double least = INFINITY;
  bool any_remote = false;
  for (const Observation& one : seen) any_remote = any_remote || one.nodes > 1;
  StepModel model;
  fit_passes(seen, model);
  for (const double overlap : kOverlaps) {
    const Line local = fit_sync(seen, false, overlap), remote = fit_sync(seen, true, overlap);
    model.overlap = overlap;
    model.local_base_s = local.base;
    model.local_per_replica_s = local.slope;
    model.remote_base_s = any_remote ? remote.base : kRemoteAtLeast * local.base;
    model.remote_per_replica_s = any_remote ? remote.slope : kRemoteAtLeast * local.slope;
    const double error = error_of(seen, model) + kOverlapCost * (overlap - 1) * (overlap - 1);
    if (error < least) {
      least = error;
      best = model;
    }
  }
  return best;
}

}  // namespace fulcrum::sched

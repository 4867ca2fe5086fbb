#include "sched/twin/figures.h"

#include <algorithm>
#include <cmath>

#include "sched/core/bound.h"

namespace fulcrum::sched {

namespace {

constexpr double kShortestS = 10;  // of bounded slowdown

/// A step function of time and its integral.
class Steps {
 public:
  void add(double time_s, double change) { changes_.push_back({time_s, change}); }
  /// Call once, after the last add().
  void prepare() {
    std::sort(changes_.begin(), changes_.end());
    double value = 0, area = 0;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      if (i > 0) area += value * (changes_[i].first - changes_[i - 1].first);
      value += changes_[i].second;
      values_.push_back(value);
      areas_.push_back(area);
    }
  }
  double value_at(double time_s) const {
    const std::size_t after = position(time_s);
    return after == 0 ? 0 : values_[after - 1];
  }
  /// From the beginning to the time.
  double area_to(double time_s) const {
    const std::size_t after = position(time_s);
    if (after == 0) return 0;
    return areas_[after - 1] + values_[after - 1] * (time_s - changes_[after - 1].first);
  }

 private:
  std::size_t position(double time_s) const {
    return static_cast<std::size_t>(
        std::upper_bound(changes_.begin(), changes_.end(), std::pair(time_s, double(INFINITY))) -
        changes_.begin());
  }
  std::vector<std::pair<double, double>> changes_;
  std::vector<double> values_, areas_;
};

bool ran(const Replay& run, std::size_t job) {
  return !std::isnan(run.start_s[job]);
}

/// Seconds that a job held its devices in vain, and seconds that it waited after a stop; by job,
/// empty when nobody was stopped.
struct Detours {
  std::vector<double> lost_s, waited_s;
  std::vector<std::uint32_t> times;
};

Detours detours_of(const Workload& workload, const Replay& run) {
  Detours detours;
  if (run.stopped.empty()) return detours;
  detours.lost_s.resize(workload.jobs.size(), 0);
  detours.waited_s.resize(workload.jobs.size(), 0);
  detours.times.resize(workload.jobs.size(), 0);
  for (const StoppedRun& stopped : run.stopped) {
    detours.lost_s[stopped.job] += stopped.stop_s - stopped.start_s - stopped.kept_s;
    detours.waited_s[stopped.job] += stopped.again_s - stopped.stop_s;
    if (++detours.times[stopped.job] == 1)  // the last start's; earlier ones are in what they lost
      detours.lost_s[stopped.job] += workload.restart_s;
  }
  return detours;
}

double waited_s(const Workload& workload, const Replay& run, const Detours& detours,
                std::size_t job) {
  const double first_s = run.start_s[job] - workload.jobs[job].submit_s;
  return detours.waited_s.empty() ? first_s : first_s + detours.waited_s[job];
}

Fairness fairness_of(const Workload& workload, const Replay& run, double devices) {
  Steps there;  // waiting or running
  for (std::size_t i = 0; i < workload.jobs.size(); ++i) {
    if (!ran(run, i)) continue;
    there.add(workload.jobs[i].submit_s, 1);
    there.add(run.end_s[i], -1);
  }
  there.prepare();
  Fairness fairness;
  double count = 0;
  for (std::size_t i = 0; i < workload.jobs.size(); ++i) {
    if (!ran(run, i)) continue;
    const double submit_s = workload.jobs[i].submit_s, end_s = run.end_s[i];
    const double shared_s = end_s - submit_s;
    if (shared_s <= 0 || workload.duration_s[i] <= 0) continue;
    const double others = (there.area_to(end_s) - there.area_to(submit_s)) / shared_s;
    const double slower = std::max(1.0, workload.jobs[i].devices * others / devices);
    const double rho = shared_s / (workload.duration_s[i] * slower);
    fairness.worst = std::max(fairness.worst, rho);
    fairness.mean += rho;
    ++count;
  }
  if (count > 0) fairness.mean /= count;
  return fairness;
}

}  // namespace

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto rank = [&](double part) {
    const auto at = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
    return values[std::max<std::size_t>(at, 1) - 1];
  };
  double sum = 0;
  for (const double value : values) sum += value;
  return {sum / static_cast<double>(values.size()), rank(0.5), rank(0.9), rank(0.99)};
}

ReplayFigures figures_of(const Workload& workload, const Replay& run, double devices,
                         double price_usd_per_hour) {
  ReplayFigures figures;
  std::vector<double> jct_s, wait_s, slowdown;
  std::vector<BoundJob> bound;
  double first_s = INFINITY, last_s = -INFINITY, held_s = 0;
  const Detours detours = detours_of(workload, run);
  figures.preemptions = run.stopped.size();
  for (std::size_t i = 0; i < workload.jobs.size(); ++i) {
    if (!ran(run, i)) continue;
    first_s = std::min(first_s, workload.jobs[i].submit_s);
    last_s = std::max(last_s, run.end_s[i]);
  }
  for (std::size_t i = 0; i < workload.jobs.size(); ++i) {
    const Job& job = workload.jobs[i];
    if (!ran(run, i)) {
      ++figures.never_started;
      continue;
    }
    jct_s.push_back(run.end_s[i] - job.submit_s);
    wait_s.push_back(waited_s(workload, run, detours, i));
    slowdown.push_back(std::max(1.0, jct_s.back() / std::max(workload.duration_s[i], kShortestS)));
    held_s += job.devices * workload.duration_s[i];
    if (!detours.times.empty()) {
      figures.lost_device_s += job.devices * detours.lost_s[i];
      figures.most_preemptions =
          std::max<std::uint64_t>(figures.most_preemptions, detours.times[i]);
    }
    figures.cost += job.priority * job.devices * (run.end_s[i] - first_s);
    bound.push_back(
        {job.priority * job.devices, job.devices, workload.duration_s[i], job.submit_s - first_s});
  }
  figures.jobs = jct_s.size();
  if (figures.jobs == 0) return figures;
  figures.makespan_s = last_s - first_s;
  held_s += figures.lost_device_s;
  const double available_s = devices * figures.makespan_s;
  double all_waited_s = 0;
  for (const double wait : wait_s) all_waited_s += wait;
  if (available_s > 0) {
    figures.utilization = held_s / available_s;
    figures.mean_queue = all_waited_s / figures.makespan_s;
    figures.money_available_usd = price_usd_per_hour * figures.makespan_s / 3600;
    figures.money_usd = figures.money_available_usd * figures.utilization;
  }
  figures.jct_s = spread_of(std::move(jct_s));
  figures.wait_s = spread_of(std::move(wait_s));
  figures.bounded_slowdown = spread_of(std::move(slowdown));
  figures.finish_time_fairness = fairness_of(workload, run, devices);
  figures.cost_lower_bound = weighted_completion_bound(bound, devices);
  if (figures.cost_lower_bound > 0) figures.gap = figures.cost / figures.cost_lower_bound - 1;
  return figures;
}

std::vector<GroupFigures> figures_by_group(const Workload& workload, const Replay& run) {
  std::vector<std::vector<double>> wait_s, jct_s;
  const Detours detours = detours_of(workload, run);
  for (std::size_t i = 0; i < workload.jobs.size(); ++i) {
    const Job& job = workload.jobs[i];
    if (wait_s.size() <= job.group) {
      wait_s.resize(job.group + 1);
      jct_s.resize(job.group + 1);
    }
    if (!ran(run, i)) continue;
    wait_s[job.group].push_back(waited_s(workload, run, detours, i));
    jct_s[job.group].push_back(run.end_s[i] - job.submit_s);
  }
  std::vector<GroupFigures> groups(wait_s.size());
  for (std::size_t group = 0; group < groups.size(); ++group)
    groups[group] = {wait_s[group].size(), spread_of(std::move(wait_s[group])),
                     spread_of(std::move(jct_s[group]))};
  return groups;
}

Timeline timeline_of(const Workload& workload, const Replay& run, double devices,
                     std::size_t points) {
  Steps waiting, running, held;
  double first_s = INFINITY, last_s = -INFINITY;
  for (std::size_t i = 0; i < workload.jobs.size(); ++i) {
    if (!ran(run, i)) continue;
    const Job& job = workload.jobs[i];
    first_s = std::min(first_s, job.submit_s);
    last_s = std::max(last_s, run.end_s[i]);
    waiting.add(job.submit_s, 1);
    waiting.add(run.start_s[i], -1);
    running.add(run.start_s[i], 1);
    running.add(run.end_s[i], -1);
    held.add(run.start_s[i], job.devices);
    held.add(run.end_s[i], -job.devices);
  }
  for (const StoppedRun& stopped : run.stopped)
    for (const auto& [at_s, sign] : {std::pair(stopped.stop_s, -1.0), {stopped.again_s, 1.0}}) {
      waiting.add(at_s, -sign);
      running.add(at_s, sign);
      held.add(at_s, sign * workload.jobs[stopped.job].devices);
    }
  Timeline line;
  if (!(last_s > first_s) || points == 0) return line;
  waiting.prepare();
  running.prepare();
  held.prepare();
  double before_s = first_s, before_area = 0;
  for (std::size_t i = 1; i <= points; ++i) {
    const double at_s =
        first_s + (last_s - first_s) * static_cast<double>(i) / static_cast<double>(points);
    const double area = held.area_to(at_s);
    line.time_s.push_back(at_s - first_s);
    line.waiting.push_back(waiting.value_at(at_s));
    line.running.push_back(running.value_at(at_s));
    line.utilization.push_back((area - before_area) / (devices * (at_s - before_s)));
    before_s = at_s;
    before_area = area;
  }
  return line;
}

}  // namespace fulcrum::sched

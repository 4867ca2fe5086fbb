#include "sched/twin/detail.h"

#include <algorithm>
#include <cmath>

#include "sched/stages/fragmentation.h"
#include "sched/twin/packing.h"

namespace fulcrum::sched {

namespace {

constexpr int kParts = 100;

std::vector<double> nearest_ranks(std::vector<double> values) {
  std::vector<double> ranks;
  if (values.empty()) return ranks;
  std::sort(values.begin(), values.end());
  for (std::size_t part = 1; part <= kParts; ++part)
    ranks.push_back(values[(part * values.size() + kParts - 1) / kParts - 1]);
  return ranks;
}

/// A start, and until when it held what it took.
struct Stay {
  double from_s, to_s;
  JobIndex job;
  std::size_t start;  // of the job, from 0
};

/// Of jobs that ran, in no order.
std::vector<Stay> stays_of(const Replay& run) {
  std::vector<Stay> stays;
  std::vector<std::size_t> starts(run.start_s.size(), 0);
  std::vector<double> last_s = run.start_s;
  for (const StoppedRun& stopped : run.stopped) {
    stays.push_back({stopped.start_s, stopped.stop_s, stopped.job, starts[stopped.job]++});
    last_s[stopped.job] = stopped.again_s;
  }
  for (JobIndex job = 0; job < run.start_s.size(); ++job)
    if (!std::isnan(run.start_s[job]))
      stays.push_back({last_s[job], run.end_s[job], job, starts[job]});
  return stays;
}

struct Change {
  double at_s;
  bool takes;  // ends come before the starts of their moment
  JobIndex job;
  std::size_t start;
  bool operator<(const Change& other) const {
    return at_s != other.at_s ? at_s < other.at_s : takes < other.takes;
  }
};

std::vector<Change> changes_of(const Replay& run) {
  std::vector<Change> changes;
  for (const Stay& stay : stays_of(run)) {
    if (!(stay.to_s > stay.from_s)) continue;
    changes.push_back({stay.from_s, true, stay.job, stay.start});
    changes.push_back({stay.to_s, false, stay.job, stay.start});
  }
  std::sort(changes.begin(), changes.end());
  return changes;
}

}  // namespace

Watcher Holdings::watcher() {
  return [this](const Brain&, JobIndex job, const std::vector<Held>& held) {
    held_[job].push_back(held);
  };
}

namespace {

/// The mean since the moment before, as a part of all devices.
std::vector<double> fragmentation_over(Cluster& cluster, const Workload& workload,
                                       const Replay& run, const Holdings& holdings,
                                       const std::vector<double>& time_s, double first_s) {
  std::vector<double> parts;
  if (cluster.gpu_milli() == 0) return parts;
  std::vector<ShapeIndex> tasks;
  for (const Job& job : workload.jobs) tasks.push_back(job.shape);
  const stages::Fragmentation tables(cluster, typical_shapes(cluster, tasks));
  double now_milli = 0;
  for (NodeIndex node = 0; node < cluster.size(); ++node)
    now_milli += tables.devices(cluster, node).fragmentation_milli;
  const auto apply = [&](const Change& change) {
    for (const Held& held : holdings.of(change.job).at(change.start)) {
      now_milli -= tables.devices(cluster, held.node).fragmentation_milli;
      change.takes ? cluster.take(held) : cluster.give_back(held);
      now_milli += tables.devices(cluster, held.node).fragmentation_milli;
    }
  };
  const auto changes = changes_of(run);
  const auto capacity = static_cast<double>(cluster.gpu_milli());
  std::size_t next = 0;
  double at_s = first_s;
  for (const double since_s : time_s) {
    const double to_s = first_s + since_s, from_s = at_s;
    double area = 0;
    for (; next < changes.size() && changes[next].at_s <= to_s; ++next) {
      area += now_milli * (changes[next].at_s - at_s);
      at_s = changes[next].at_s;
      apply(changes[next]);
    }
    area += now_milli * (to_s - at_s);
    at_s = to_s;
    parts.push_back(to_s > from_s ? std::max(0.0, area / (to_s - from_s) / capacity) : 0);
  }
  for (; next < changes.size(); ++next) apply(changes[next]);  // rounding of the last moment
  return parts;
}

}  // namespace

RunDetail detail_of(Cluster& cluster, const Workload& workload, const Replay& run,
                    const Holdings& holdings, const std::vector<double>& time_s) {
  RunDetail detail;
  std::vector<double> wait_s, jct_s;
  double first_s = INFINITY;
  std::vector<double> held_s(workload.jobs.size(), 0);
  for (const Stay& stay : stays_of(run)) held_s[stay.job] += stay.to_s - stay.from_s;
  for (std::size_t i = 0; i < workload.jobs.size(); ++i) {
    if (std::isnan(run.start_s[i])) continue;
    const double submit_s = workload.jobs[i].submit_s;
    first_s = std::min(first_s, submit_s);
    jct_s.push_back(run.end_s[i] - submit_s);
    wait_s.push_back(run.stopped.empty() ? run.start_s[i] - submit_s
                                         : std::max(0.0, jct_s.back() - held_s[i]));
  }
  for (int part = 1; part <= kParts && !wait_s.empty(); ++part)
    detail.part.push_back(static_cast<double>(part) / kParts);
  detail.wait_s = nearest_ranks(std::move(wait_s));
  detail.jct_s = nearest_ranks(std::move(jct_s));
  detail.fragmentation = fragmentation_over(cluster, workload, run, holdings, time_s, first_s);
  for (const double part : detail.fragmentation) detail.mean_fragmentation += part;
  if (!detail.fragmentation.empty())
    detail.mean_fragmentation /= static_cast<double>(detail.fragmentation.size());
  return detail;
}

}  // namespace fulcrum::sched

#include "sched/twin/portfolio.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>

#include "sched/stages/presets.h"

namespace fulcrum::sched {

namespace {

constexpr double kUnknownS = 3600;  // before any job has ended

double duration_of(const Job& job, double unknown_s) {
  const double expected_s = expected_duration_s(job);
  return std::isfinite(expected_s) ? expected_s : unknown_s;
}

/// Longer than what has passed already.
double outlived(double duration_s, double passed_s) {
  if (duration_s > passed_s) return duration_s;
  if (duration_s <= 0) return passed_s + 1;
  return duration_s * std::exp2(std::floor(std::log2(passed_s / duration_s)) + 1);
}

using Ending = std::pair<double, JobIndex>;
using Endings = std::priority_queue<Ending, std::vector<Ending>, std::greater<>>;

double weight_of(const Job& job) {
  return job.priority * job.devices;
}

/// Sum of weight x time in the system from now_s to end_s, of all jobs but the first ones.
double play(Brain& trial, Endings endings, JobIndex not_counted, const std::vector<Job>& arrivals,
            double now_s, double end_s, double unknown_s) {
  double cost = 0;
  double open = 0, since_s = now_s;  // weight in the system
  for (const auto filled : trial.queue().filled())
    for (const QueueEntry& entry : trial.queue().buckets()[filled].jobs)
      open += weight_of(trial.job(entry.job));
  auto next = arrivals.begin();
  for (double at_s = now_s; at_s < end_s;) {
    cost += open * (at_s - since_s);
    since_s = at_s;
    for (; !endings.empty() && endings.top().first <= at_s; endings.pop()) {
      const JobIndex job = endings.top().second;
      trial.end(job, at_s);
      if (job >= not_counted) open -= weight_of(trial.job(job));
    }
    for (; next != arrivals.end() && next->submit_s <= at_s; ++next) {
      trial.submit(*next);
      open += weight_of(*next);
    }
    for (const JobIndex job : trial.pass(at_s))
      endings.push({at_s + duration_of(trial.job(job), unknown_s), job});
    at_s = next != arrivals.end() ? next->submit_s : INFINITY;
    if (!endings.empty()) at_s = std::min(at_s, endings.top().first);
  }
  return cost + open * (end_s - since_s);
}

}  // namespace

PortfolioOptions default_portfolio() {
  PortfolioOptions options;
  for (const char* name : {"easy_smith", "smith", "smallest_device_time+easy", "easy", "fifo"})
    options.members.push_back({name, *find_policy(name)});
  return options;
}

double simulate_queue(const Brain& brain, const std::vector<RunningJob>& running,
                      const std::vector<Job>& arrivals, const Policy& policy, double now_s,
                      double horizon_s, double unknown_s) {
  Cluster cluster = brain.cluster();
  for (const RunningJob& one : running)
    for (const Held& held : brain.held(one.job)) cluster.give_back(held);
  BrainOptions options;
  options.policy = policy;
  Brain trial(cluster, std::move(options));
  Endings endings;
  for (const RunningJob& one : running) {
    Job job = brain.job(one.job);
    job.predicted_s = outlived(duration_of(job, unknown_s), now_s - one.start_s);
    const JobIndex index = trial.admit(job);
    trial.run(index, brain.held(one.job), one.start_s);
    endings.push({one.start_s + job.predicted_s, index});
  }
  std::vector<JobIndex> waiting;
  for (const auto filled : brain.queue().filled())
    for (const QueueEntry& entry : brain.queue().buckets()[filled].jobs)
      waiting.push_back(entry.job);
  for (const JobIndex job : waiting) {
    Job now = brain.job(job);
    now.submit_s = now_s;
    trial.submit(now);
  }
  return play(trial, std::move(endings), static_cast<JobIndex>(running.size()), arrivals, now_s,
              now_s + horizon_s, unknown_s);
}

Portfolio::Portfolio(PortfolioOptions options)
    : options_(std::move(options)), chosen_(options_.members.size(), 0) {}

void Portfolio::started(const Brain&, JobIndex job, double now_s) {
  if (place_in_running_.size() <= job) place_in_running_.resize(job + 1, 0);
  place_in_running_[job] = running_.size();
  running_.push_back({job, now_s});
}

void Portfolio::stopped(JobIndex job, double) {
  const std::size_t place = place_in_running_[job];
  running_[place] = running_.back();
  place_in_running_[running_[place].job] = place;
  running_.pop_back();
}

void Portfolio::ended(JobIndex job, double duration_s) {
  stopped(job, 0);
  ended_s_ += duration_s;
  ++ended_jobs_;
}

/// The jobs that came within the last horizon, moved one horizon on, if they come again.
std::vector<Job> Portfolio::expected_arrivals(const Brain& brain, double now_s) const {
  std::vector<Job> again;
  if (!options_.repeat_arrivals) return again;
  for (std::size_t i = brain.jobs(); i-- > 0;) {
    Job job = brain.job(static_cast<JobIndex>(i));
    job.submit_s += options_.horizon_s;
    job.arrival = kArrivesNow;
    if (job.submit_s <= now_s) break;
    again.push_back(job);
  }
  std::reverse(again.begin(), again.end());
  return again;
}

void Portfolio::before_pass(Brain& brain, double now_s) {
  if (now_s < next_s_ || brain.waiting() < 2) return;
  next_s_ = now_s + options_.every_s;
  ++evaluations_;
  const double unknown_s =
      ended_jobs_ > 0 ? ended_s_ / static_cast<double>(ended_jobs_) : kUnknownS;
  const std::vector<Job> arrivals = expected_arrivals(brain, now_s);
  const auto cost_of = [&](std::size_t member) {
    return simulate_queue(brain, running_, arrivals, options_.members[member].policy, now_s,
                          options_.horizon_s, unknown_s);
  };
  std::size_t best = ruling_;
  double least = cost_of(ruling_) * (1 - options_.margin);
  for (std::size_t member = 0; member < options_.members.size(); ++member) {
    if (member == ruling_) continue;
    const double cost = cost_of(member);
    if (cost < least) {
      least = cost;
      best = member;
    }
  }
  ++chosen_[best];
  if (best == ruling_) return;
  ruling_ = best;
  ++switches_;
  brain.set_policy(options_.members[best].policy);
}

}  // namespace fulcrum::sched

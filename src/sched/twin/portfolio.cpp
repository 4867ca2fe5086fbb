#include "sched/twin/portfolio.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>

#include "sched/stages/presets.h"

namespace fulcrum::sched {

namespace {

constexpr double kUnknownS = 3600;  // before any job has ended

Cluster emptied(const Brain& brain, const std::vector<RunningJob>& running) {
  Cluster cluster = brain.cluster();
  for (const RunningJob& one : running)
    for (const Held& held : brain.held(one.job)) cluster.give_back(held);
  return cluster;
}

}  // namespace

PortfolioOptions default_portfolio() {
  PortfolioOptions options;
  for (const char* name : {"easy_smith", "smith", "easy"})
    options.members.push_back({name, *find_policy(name)});
  return options;
}

double replay_cost(const Cluster& cluster, const RecentJobs& recent, const Policy& policy,
                   double most) {
  Cluster own = cluster;
  Brain brain(own, BrainOptions{.policy = policy, .typical = {}});
  using Ending = std::pair<double, JobIndex>;
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings;
  double cost = 0, waiting = 0, since_s = 0;  // waiting: weight
  std::size_t next = 0;
  while (next < recent.jobs.size() || brain.waiting() > 0) {
    double now_s = next < recent.jobs.size() ? recent.jobs[next].submit_s : INFINITY;
    if (!endings.empty()) now_s = std::min(now_s, endings.top().first);
    cost += waiting * (now_s - since_s);
    if (cost > most) return INFINITY;
    since_s = now_s;
    for (; !endings.empty() && endings.top().first == now_s; endings.pop())
      brain.end(endings.top().second, now_s);
    for (; next < recent.jobs.size() && recent.jobs[next].submit_s == now_s; ++next) {
      brain.submit(recent.jobs[next]);
      waiting += weight_of(recent.jobs[next]);
    }
    for (const JobIndex job : brain.pass(now_s)) {
      waiting -= weight_of(recent.jobs[job]);
      endings.push({now_s + recent.duration_s[job], job});
    }
  }
  return cost;
}

Portfolio::Portfolio(PortfolioOptions options)
    : options_(std::move(options)), chosen_(options_.members.size(), 0) {}

void Portfolio::started(const Brain&, JobIndex job, double now_s) {
  running_.started(job, now_s);
}

void Portfolio::stopped(JobIndex job, double) {
  running_.ended(job);
}

void Portfolio::ended(JobIndex job, double duration_s) {
  running_.ended(job);
  if (took_s_.size() <= job) took_s_.resize(job + 1, -1);
  took_s_[job] = duration_s;
  ended_s_ += duration_s;
  ++ended_jobs_;
}

RecentJobs Portfolio::recent(const Brain& brain, double now_s) const {
  const double unknown_s =
      ended_jobs_ > 0 ? ended_s_ / static_cast<double>(ended_jobs_) : kUnknownS;
  std::size_t first = brain.jobs();
  while (first > 0 && brain.jobs() - first < options_.most_jobs &&
         brain.job(static_cast<JobIndex>(first - 1)).submit_s >= now_s - options_.memory_s)
    --first;
  RecentJobs recent;
  recent.jobs.reserve(brain.jobs() - first);
  for (std::size_t i = first; i < brain.jobs(); ++i) {
    recent.jobs.push_back(brain.job(static_cast<JobIndex>(i)));
    recent.jobs.back().arrival = kArrivesNow;
    const double expected_s = expected_duration_s(recent.jobs.back());
    const bool has_ended = i < took_s_.size() && took_s_[i] >= 0;
    recent.duration_s.push_back(has_ended                   ? took_s_[i]
                                : std::isfinite(expected_s) ? expected_s
                                                            : unknown_s);
  }
  for (const RunningJob& one : running_.list())
    if (one.job >= first)
      recent.duration_s[one.job - first] =
          std::max(recent.duration_s[one.job - first], now_s - one.start_s);
  return recent;
}

std::size_t Portfolio::best(const Brain& brain, double now_s) const {
  const RecentJobs jobs = recent(brain, now_s);
  const Cluster cluster = emptied(brain, running_.list());
  const auto cost_of = [&](std::size_t member, double most) {
    return replay_cost(cluster, jobs, options_.members[member].policy, most);
  };
  std::size_t best = ruling_;
  double least = cost_of(ruling_, INFINITY) * (1 - options_.margin);
  for (std::size_t member = 0; member < options_.members.size(); ++member) {
    if (member == ruling_) continue;
    const double cost = cost_of(member, least);
    if (cost >= least) continue;
    least = cost;
    best = member;
  }
  return best;
}

void Portfolio::before_pass(Brain& brain, double now_s) {
  if (is_first_) next_s_ = now_s + options_.every_s;
  is_first_ = false;
  if (now_s < next_s_) return;
  next_s_ = now_s + options_.every_s;
  ++evaluations_;
  const std::size_t chosen = best(brain, now_s);
  ++chosen_[chosen];
  if (chosen == ruling_) return;
  ruling_ = chosen;
  ++switches_;
  brain.set_policy(options_.members[chosen].policy);
}

}  // namespace fulcrum::sched

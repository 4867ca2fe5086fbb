#include "sched/twin/elastic_replay.h"

#include <algorithm>
#include <cmath>

namespace fulcrum::sched {

namespace {

constexpr std::uint64_t kIdleRounds = 100;

class Loop {
 public:
  Loop(ElasticWorkload& workload, const ElasticOptions& options)
      : workload_(workload),
        options_(options),
        held_(workload.size()),
        restart_left_s_(workload.size(), 0) {
    run_.start_s.assign(workload.size(), NAN);
    run_.end_s.assign(workload.size(), NAN);
    run_.held_device_s.assign(workload.size(), 0);
    run_.restarts.assign(workload.size(), 0);
  }

  ElasticRun play(Resizer& resizer, const RoundWatcher& watcher) {
    while (true) {
      advance();
      admit();
      if (active_.empty()) {
        if (next_ == workload_.size()) break;
        const double until_s = workload_[next_].submit_s;  // rounds in which nothing happens
        now_s_ = std::max(now_s_, options_.round_s * (std::ceil(until_s / options_.round_s) - 1));
        continue;
      }
      const ResizeRound round = view();
      const std::vector<Allocation> decided = resizer.resize(round);
      if (watcher) watcher(round, decided);
      bool any = next_ < workload_.size();
      for (std::size_t i = 0; i < active_.size(); ++i) {
        any = any || !decided[i].empty();
        give(active_[i], decided[i]);
      }
      ++run_.rounds;
      idle_rounds_ = any ? 0 : idle_rounds_ + 1;
      if (idle_rounds_ > kIdleRounds) break;  // who waits now will never run
    }
    return std::move(run_);
  }

 private:
  void admit() {
    while (next_ < workload_.size() && workload_[next_].submit_s <= now_s_)
      active_.push_back(next_++);
  }

  void give(std::size_t job, const Allocation& allocation) {
    if (allocation == held_[job]) return;
    held_[job] = allocation;
    workload_[job].work->place(allocation);
    if (allocation.empty()) return;
    restart_left_s_[job] = options_.restart_s;
    if (std::isnan(run_.start_s[job]))
      run_.start_s[job] = now_s_;
    else
      ++run_.restarts[job];
  }

  /// Nodes on which several jobs over several nodes meet.
  std::vector<char> crowded() const {
    std::vector<char> wide(options_.devices.size(), 0);
    for (const std::size_t job : active_)
      if (held_[job].size() > 1)
        for (const Part& part : held_[job]) wide[part.node] = wide[part.node] == 0 ? 1 : 2;
    return wide;
  }

  void advance() {
    const std::vector<char> wide = options_.interference > 0 ? crowded() : std::vector<char>{};
    for (const std::size_t job : active_) {
      const Allocation& held = held_[job];
      if (held.empty()) continue;
      const double restarting_s = std::min(restart_left_s_[job], options_.round_s);
      restart_left_s_[job] -= restarting_s;
      const bool slowed =
          !wide.empty() && held.size() > 1 &&
          std::any_of(held.begin(), held.end(), [&](const Part& p) { return wide[p.node] > 1; });
      const double ran_s = workload_[job].work->run(options_.round_s - restarting_s,
                                                    slowed ? 1 - options_.interference : 1);
      run_.held_device_s[job] += (restarting_s + ran_s) * replicas_of(held);
      if (workload_[job].work->ended()) run_.end_s[job] = now_s_ + restarting_s + ran_s;
    }
    std::erase_if(active_, [&](std::size_t job) { return workload_[job].work->ended(); });
    now_s_ += options_.round_s;
  }

  ResizeRound view() const {
    ResizeRound round{now_s_, options_.round_s, options_.devices, {}};
    for (const std::size_t job : active_) {
      ElasticJob seen;
      seen.number = job;
      seen.age_s = now_s_ - workload_[job].submit_s;
      seen.attained_device_s = run_.held_device_s[job];
      seen.priority = workload_[job].priority;
      seen.restart_s = options_.restart_s;
      seen.restarts = run_.restarts[job];
      seen.held = held_[job];
      workload_[job].work->tell(seen);
      round.jobs.push_back(std::move(seen));
    }
    return round;
  }

  ElasticWorkload& workload_;
  const ElasticOptions& options_;
  std::vector<Allocation> held_;
  std::vector<double> restart_left_s_;
  std::vector<std::size_t> active_;  // by submission
  std::size_t next_ = 0;
  double now_s_ = 0;
  std::uint64_t idle_rounds_ = 0;  // in which nobody holds anything, though somebody waits
  ElasticRun run_;
};

}  // namespace

ElasticRun elastic_replay(ElasticWorkload& workload, const ResizeStage& stage,
                          const ElasticOptions& options, const RoundWatcher& watcher) {
  const auto resizer = stage.make();
  return Loop(workload, options).play(*resizer, watcher);
}

}  // namespace fulcrum::sched

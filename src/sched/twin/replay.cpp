#include "sched/twin/replay.h"

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>

namespace fulcrum::sched {

namespace {

/// The run times of each user's last two jobs that ended.
class LastTwo {
 public:
  void ended(std::uint32_t user, double duration_s) {
    if (last_.size() <= user) last_.resize(user + 1, {0, 0});
    last_[user] = {last_[user][1], duration_s};
  }
  /// 0: the user has not ended two jobs.
  double prediction_s(std::uint32_t user, double limit_s) const {
    if (user >= last_.size() || last_[user][0] <= 0) return 0;
    const double mean_s = (last_[user][0] + last_[user][1]) / 2;
    return limit_s > 0 ? std::min(mean_s, limit_s) : mean_s;
  }

 private:
  std::vector<std::array<double, 2>> last_;
};

class Run {
 public:
  Run(Cluster& cluster, const Workload& workload, BrainOptions options, const Watcher& watcher,
      Governor* governor)
      : workload_(workload),
        watcher_(watcher),
        governor_(governor),
        brain_(cluster, std::move(options)),
        result_{std::vector<double>(workload.jobs.size(), kNever),
                std::vector<double>(workload.jobs.size(), kNever),
                0,
                0,
                {}} {
    of_brain_.reserve(workload.jobs.size());
    if (!workload.quotas.empty()) brain_.set_quotas(QuotaTree(workload.quotas));
    if (!workload.windows.empty()) brain_.set_windows(workload.windows);
  }

  Replay play() {
    const std::size_t count = workload_.jobs.size();
    while (true) {
      drop_stopped();
      double now_s = next_ < count ? workload_.jobs[next_].submit_s : INFINITY;
      if (!endings_.empty()) now_s = std::min(now_s, endings_.top().at_s);
      if (brain_.waiting() > 0) now_s = std::min(now_s, brain_.wake_s());
      if (!std::isfinite(now_s)) break;
      for (; !endings_.empty() && endings_.top().at_s == now_s; endings_.pop())
        end(endings_.top(), now_s);
      for (; next_ < count && workload_.jobs[next_].submit_s == now_s; ++next_) submit(next_);
      pass(now_s);
    }
    result_.decisions = brain_.decisions();
    return std::move(result_);
  }

 private:
  static constexpr double kNever = std::numeric_limits<double>::quiet_NaN();

  void submit(std::size_t index) {
    const Job& given = workload_.jobs[index];
    if (!brain_.fits_ever(given)) return;
    of_brain_.push_back(index);
    if (workload_.predict_from_user.empty() || given.predicted_s > 0) {
      brain_.submit(given);
      return;
    }
    Job job = given;
    job.predicted_s = last_two_.prediction_s(workload_.predict_from_user[index], job.limit_s);
    brain_.submit(job);
  }

  struct Ending {
    double at_s;
    JobIndex job;
    std::uint32_t attempt;  // who was stopped and started again ends later
    bool operator>(const Ending& other) const {
      return at_s != other.at_s ? at_s > other.at_s : job > other.job;
    }
  };

  bool is_over(const Ending& ending) const {
    return !stops_.empty() && stops_[ending.job].times != ending.attempt;
  }

  void drop_stopped() {
    while (!endings_.empty() && is_over(endings_.top())) endings_.pop();
  }

  void end(const Ending& ending, double now_s) {
    if (is_over(ending)) return;
    brain_.end(ending.job, now_s);
    const std::size_t index = of_brain_[ending.job];
    if (!workload_.predict_from_user.empty())
      last_two_.ended(workload_.predict_from_user[index], workload_.duration_s[index]);
    if (governor_ != nullptr) governor_->ended(ending.job, workload_.duration_s[index]);
  }

  void pass(double now_s) {
    if (governor_ != nullptr) governor_->before_pass(brain_, now_s);
    while (true) {
      ++result_.passes;
      for (const JobIndex job : brain_.pass(now_s)) start(job, now_s);
      if (brain_.asked_to_stop().empty()) return;
      for (const Ask& asked : std::vector(brain_.asked_to_stop())) stop(asked.job, now_s);
    }
  }

  void start(JobIndex job, double now_s) {
    const std::size_t index = of_brain_[job];
    double run_s = workload_.duration_s[index];
    std::uint32_t attempt = 0;
    if (job < stops_.size() && stops_[job].times > 0) {
      run_s += workload_.restart_s - stops_[job].kept_s;
      attempt = stops_[job].times;
      result_.stopped[stops_[job].last].again_s = now_s;
    } else {
      result_.start_s[index] = now_s;
    }
    if (!stops_.empty()) {
      stops_.resize(std::max<std::size_t>(stops_.size(), job + 1));
      stops_[job].start_s = now_s;
    }
    result_.end_s[index] = now_s + run_s;
    endings_.push({result_.end_s[index], job, attempt});
    if (governor_ != nullptr) governor_->started(brain_, job, now_s);
    if (watcher_) watcher_(brain_, static_cast<JobIndex>(index), brain_.held(job));
  }

  void stop(JobIndex job, double now_s) {
    stops_.resize(std::max(stops_.size(), brain_.jobs()));
    Stops& stops = stops_[job];
    const std::size_t index = of_brain_[job];
    const Job& given = workload_.jobs[index];
    const double start_s = stops.times > 0 ? stops.start_s : result_.start_s[index];
    // A restart's own time comes before any new work.
    const double restart_s = stops.times > 0 ? workload_.restart_s : 0;
    const double worked_s = std::max(0.0, now_s - start_s - restart_s);
    const double every_s = given.checkpoint_every_s;
    const double kept_s = every_s > 0 ? std::floor(worked_s / every_s) * every_s : 0;
    brain_.stop(job, now_s, kept_s);
    ++stops.times;
    stops.kept_s += kept_s;
    stops.last = result_.stopped.size();
    result_.stopped.push_back({static_cast<JobIndex>(index), start_s, now_s, kept_s, kNever});
    if (governor_ != nullptr) governor_->stopped(job, now_s);
  }

  struct Stops {
    std::uint32_t times = 0;
    double kept_s = 0;   // over all its starts
    double start_s = 0;  // of the last
    std::size_t last = 0;
  };

  const Workload& workload_;
  const Watcher& watcher_;
  Governor* governor_;
  Brain brain_;
  Replay result_;
  std::vector<std::size_t> of_brain_;  // the workload's number of each job of the Brain
  std::size_t next_ = 0;
  std::vector<Stops> stops_;  // by the Brain's jobs; empty until one is stopped
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings_;
  LastTwo last_two_;
};

}  // namespace

Replay replay(Cluster& cluster, const Workload& workload, BrainOptions options,
              const Watcher& watcher, Governor* governor) {
  return Run(cluster, workload, std::move(options), watcher, governor).play();
}

}  // namespace fulcrum::sched

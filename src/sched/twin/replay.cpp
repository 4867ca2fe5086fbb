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
                std::vector<double>(workload.jobs.size(), kNever), 0, 0} {
    of_brain_.reserve(workload.jobs.size());
  }

  Replay play() {
    const std::size_t count = workload_.jobs.size();
    while (next_ < count || !endings_.empty()) {
      double now_s = next_ < count ? workload_.jobs[next_].submit_s : INFINITY;
      if (!endings_.empty()) now_s = std::min(now_s, endings_.top().first);
      for (; !endings_.empty() && endings_.top().first == now_s; endings_.pop())
        end(endings_.top().second, now_s);
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

  void end(JobIndex job, double now_s) {
    brain_.end(job, now_s);
    const std::size_t index = of_brain_[job];
    if (!workload_.predict_from_user.empty())
      last_two_.ended(workload_.predict_from_user[index], workload_.duration_s[index]);
    if (governor_ != nullptr) governor_->ended(job, workload_.duration_s[index]);
  }

  void pass(double now_s) {
    ++result_.passes;
    if (governor_ != nullptr) governor_->before_pass(brain_, now_s);
    for (const JobIndex job : brain_.pass(now_s)) {
      const std::size_t index = of_brain_[job];
      result_.start_s[index] = now_s;
      result_.end_s[index] = now_s + workload_.duration_s[index];
      endings_.push({result_.end_s[index], job});
      if (governor_ != nullptr) governor_->started(brain_, job, now_s);
      if (watcher_) watcher_(brain_, static_cast<JobIndex>(index), brain_.held(job));
    }
  }

  const Workload& workload_;
  const Watcher& watcher_;
  Governor* governor_;
  Brain brain_;
  Replay result_;
  std::vector<std::size_t> of_brain_;  // the workload's number of each job of the Brain
  std::size_t next_ = 0;
  using Ending = std::pair<double, JobIndex>;
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings_;
  LastTwo last_two_;
};

}  // namespace

Replay replay(Cluster& cluster, const Workload& workload, BrainOptions options,
              const Watcher& watcher, Governor* governor) {
  return Run(cluster, workload, std::move(options), watcher, governor).play();
}

}  // namespace fulcrum::sched

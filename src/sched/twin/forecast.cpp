#include "sched/twin/forecast.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>

#include "base/random.h"

namespace fulcrum::sched {

namespace {

constexpr double kDayS = 86400;

/// A number in [0, 1) that depends on both (the finalizer of SplitMix64).
double hashed(std::uint64_t seed, std::uint64_t key) {
  std::uint64_t z = seed + (key + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
}

/// Past days that come again, one stretch after another: each begins a drawn number of whole days
/// ago, at this hour, and goes on until now.
class Again {
 public:
  Again(std::span<const PastJob> past, double now_s, double back_s, base::Random& random)
      : past_(past), now_s_(now_s), random_(random) {
    if (past.empty()) return;
    const double known_s = std::min(back_s, now_s - past.front().job.submit_s);
    days_ = static_cast<std::uint64_t>(known_s / kDayS);
    short_s_ = known_s;
    if (known_s <= 0) return;
    from_s_ = now_s;
    next_stretch();
  }
  /// nullptr: nobody comes.
  const PastJob* next() const { return at_ < past_.size() ? &past_[at_] : nullptr; }
  std::size_t number() const { return at_; }
  double next_s() const { return past_[at_].job.submit_s + shift_s_; }
  void go_on() {
    if (++at_ == past_.size()) next_stretch();
  }

 private:
  void next_stretch() {
    const double back_s =
        days_ > 0 ? static_cast<double>(1 + random_.below(days_)) * kDayS : short_s_;
    shift_s_ = from_s_ - (now_s_ - back_s);
    from_s_ += back_s;
    at_ = static_cast<std::size_t>(std::lower_bound(past_.begin(), past_.end(), now_s_ - back_s,
                                                    [](const PastJob& job, double time_s) {
                                                      return job.job.submit_s < time_s;
                                                    }) -
                                   past_.begin());
    if (at_ == past_.size() && ++empty_ < 100) next_stretch();
  }

  std::span<const PastJob> past_;
  double now_s_;
  base::Random& random_;
  std::uint64_t days_ = 0;
  double short_s_ = 0;  // the stretch, where less than a day is known
  double from_s_ = 0;   // where the next stretch begins
  double shift_s_ = 0;
  std::size_t at_ = std::numeric_limits<std::size_t>::max();
  int empty_ = 0;
};

/// One way things may go on.
class Future {
 public:
  Future(World& world, const Question& question, const Memory& memory,
         const ForecastOptions& options, std::uint64_t seed, Forecast& result)
      : world_(world),
        question_(question),
        memory_(memory),
        options_(options),
        random_(seed),
        seed_(random_.next()),
        still_running_(memory.run_times()),
        again_(std::span(memory.jobs()).first(question.past), question.now_s, options.past_s,
               random_),
        result_(result) {}

  /// Seconds from now; infinity: never.
  double start_of(std::uint64_t& starts_before) {
    brain_ = &world_.renew();
    for (const RunningJob& one : question_.running) runs(one);
    const double now_s = question_.now_s;
    for (double at_s = now_s; at_s < now_s + options_.horizon_s;) {
      if (pass(at_s, starts_before)) return at_s - now_s;
      at_s = std::max(at_s, next_s());
      if (!std::isfinite(at_s)) return INFINITY;
      for (; !endings_.empty() && endings_.top().at_s <= at_s; endings_.pop())
        if (runs_[endings_.top().job].attempt == endings_.top().attempt)
          brain_->end(endings_.top().job, at_s);
      for (; again_.next() != nullptr && again_.next_s() <= at_s; again_.go_on()) comes(at_s);
    }
    return INFINITY;
  }

 private:
  struct Ending {
    double at_s;
    JobIndex job;
    std::uint32_t attempt;  // who was stopped and started again ends later
    bool operator>(const Ending& other) const {
      return at_s != other.at_s ? at_s > other.at_s : job > other.job;
    }
  };
  struct Run {
    std::uint32_t attempt = 0;
    double start_s = 0;
    double run_s = -1;  // drawn, with what it kept; below 0: not yet
    double kept_s = 0;
  };

  /// True: the target started.
  bool pass(double at_s, std::uint64_t& starts_before) {
    while (true) {
      for (const JobIndex job : brain_->pass(at_s)) {
        if (job == question_.target) return true;
        ++starts_before;
        starts(job, at_s);
      }
      if (brain_->asked_to_stop().empty()) return false;
      for (const Ask& asked : std::vector(brain_->asked_to_stop())) stops(asked.job, at_s);
    }
  }

  double next_s() {
    double at_s = again_.next() != nullptr ? again_.next_s() : INFINITY;
    if (brain_->running() == 0 && !std::isfinite(brain_->wake_s()))
      return INFINITY;  // whoever comes, nothing gets free
    if (!endings_.empty()) at_s = std::min(at_s, endings_.top().at_s);
    return std::min(at_s, brain_->wake_s());
  }

  void comes(double at_s) {
    const JobIndex job = world_.comes(again_.number(), at_s);
    later_.resize(std::max<std::size_t>(later_.size(), job + 1), nullptr);
    later_[job] = again_.next();
    ++result_.steps;
  }

  Run& run_of(JobIndex job) {
    if (runs_.size() <= job) runs_.resize(job + 1);
    return runs_[job];
  }

  void starts(JobIndex job, double at_s) {
    ++result_.steps;
    Run& run = run_of(job);
    run.start_s = at_s;
    if (run.run_s < 0) {
      const PastJob* past = job < later_.size() ? later_[job] : nullptr;
      if (past == nullptr) {
        run.kept_s = question_.open[job].kept_s;
        run.run_s = draw(question_.open[job].like, run.kept_s);
      } else {
        run.run_s = past->run_s != kNotYet
                        ? past->run_s
                        : draw(past->like, std::max(0.0, question_.now_s - past->start_s));
      }
    }
    endings_.push({at_s + std::max(0.0, run.run_s - run.kept_s), job, run.attempt});
  }

  void stops(JobIndex job, double at_s) {
    Run& run = run_of(job);
    const double every_s = brain_->job(job).checkpoint_every_s;
    const double kept_s = every_s > 0 ? std::floor((at_s - run.start_s) / every_s) * every_s : 0;
    ++run.attempt;
    run.kept_s += kept_s;
    brain_->stop(job, at_s, kept_s);
  }

  void runs(const RunningJob& one) {
    const OpenRun& open = question_.open[one.job];
    const double elapsed_s = std::max(0.0, question_.now_s - one.start_s) + open.kept_s;
    Run& run = run_of(one.job);
    run = {0, one.start_s, draw(open.like, elapsed_s), open.kept_s};
    still_running_.add(open.like, run.run_s);
    endings_.push({std::max(question_.now_s, one.start_s + run.run_s - run.kept_s), one.job, 0});
  }

  double draw(const RunsLike& like, double elapsed_s) {
    const std::uint64_t group = like.groups[0];
    const RunTimes::Draw draw = memory_.run_times().draw(like, elapsed_s, hashed(seed_, 2 * group),
                                                         hashed(seed_, 2 * group + 1),
                                                         elapsed_s > 0 ? nullptr : &still_running_);
    ++result_.drawn_from[draw.level];
    return draw.run_s;
  }

  World& world_;
  const Question& question_;
  const Memory& memory_;
  const ForecastOptions& options_;
  base::Random random_;
  std::uint64_t seed_;
  StillRunning still_running_;
  Again again_;
  Forecast& result_;
  Brain* brain_ = nullptr;
  std::vector<Run> runs_;              // by job
  std::vector<const PastJob*> later_;  // by job; null: it was there
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings_;
};

}  // namespace

bool may_be_overtaken(const Policy& policy) {
  return policy.backfill != Backfill::kNone || policy.order->name != "fifo";
}

WaitQuantiles Forecast::quantiles() const {
  WaitQuantiles result{};
  for (std::size_t i = 0; i < kShares.size(); ++i) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(kShares[i] * static_cast<double>(starts_s.size())));
    result[i] = starts_s[std::clamp<std::size_t>(rank, 1, starts_s.size()) - 1];
  }
  return result;
}

Forecast forecast(World& world, const Question& question, const Memory& memory,
                  const ForecastOptions& options) {
  Forecast result;
  result.drawn_from.assign(memory.run_times().levels() + 2, 0);
  const std::uint32_t draws = std::max(1U, options.draws);
  std::vector<std::uint64_t> before;
  base::Random seeds(options.seed);
  for (std::uint32_t i = 0; i < draws; ++i) {
    std::uint64_t starts_before = 0;
    Future future(world, question, memory, options, seeds.next(), result);
    result.starts_s.push_back(future.start_of(starts_before));
    before.push_back(starts_before);
    if (result.starts_s.back() == 0) {  // it starts at once, whatever runs how long
      result.starts_s.assign(draws, 0);
      break;
    }
  }
  std::sort(result.starts_s.begin(), result.starts_s.end());
  std::sort(before.begin(), before.end());
  result.jobs_before = before[before.size() / 2];
  return result;
}

}  // namespace fulcrum::sched

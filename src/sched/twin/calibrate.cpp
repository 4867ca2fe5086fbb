#include "sched/twin/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace fulcrum::sched {

namespace {

class TraceWorld final : public World {
 public:
  TraceWorld(const Present& present, const Policy& policy, const Memory& memory)
      : present_(present), policy_(policy), memory_(memory) {}
  Brain& renew() override {
    trial_ = present_.trial(policy_);
    return *trial_.brain;
  }
  JobIndex comes(std::size_t past, double now_s) override {
    Job job = memory_.jobs()[past].job;
    job.submit_s = now_s;
    // Behind whoever waits; the Brain numbers them in the same order.
    job.arrival = present_.next_arrival() + trial_.brain->jobs();
    return trial_.brain->submit(job);
  }

 private:
  const Present& present_;
  const Policy& policy_;
  const Memory& memory_;
  Trial trial_;
};

/// Looks on while a trace is replayed, and asks about jobs that have just come.
class Asker final : public Governor {
 public:
  Asker(const Trace& trace, const CalibrateOptions& options)
      : trace_(trace), options_(options), memory_(options.grouping.levels), random_(options.seed) {
    double jobs[2] = {0, 0};
    for (const TraceJob& job : trace.jobs)
      if (job.submit_s >= options.learn_from_s) ++jobs[part_of(job.submit_s)];
    for (int i = 0; i < 2; ++i)
      asked_part_[i] = static_cast<double>(options.samples) / std::max(1.0, jobs[i]);
  }

  void started(const Brain&, JobIndex job, double now_s) override {
    running_.started(job, now_s);
    memory_.started(job, now_s);
  }
  void ended(JobIndex job, double duration_s) override {
    running_.ended(job);
    memory_.ended(job, duration_s);
  }
  void stopped(JobIndex job, double) override {
    running_.ended(job);
    memory_.stopped(job);
  }
  void before_pass(Brain& brain, double now_s) override {
    const std::size_t before = memory_.jobs().size();
    for (std::size_t i = before; i < brain.jobs(); ++i)
      memory_.submitted(brain.job(static_cast<JobIndex>(i)),
                        runs_like(options_.grouping, trace_.jobs[i], memory_.run_times()));
    for (std::size_t i = before; i < brain.jobs(); ++i) {
      const bool is_drawn = random_.uniform() < asked_part_[part_of(now_s)];
      if (is_drawn && now_s >= options_.learn_from_s && steps_ < options_.most_steps)
        ask(brain, static_cast<JobIndex>(i), before, now_s);
    }
  }
  std::vector<AskedJob> take() { return std::move(asked_); }

 private:
  int part_of(double submit_s) const { return submit_s < options_.train_until_s ? 0 : 1; }

  void ask(const Brain& brain, JobIndex job, std::size_t past, double now_s) {
    const Present present(brain, running_.list());
    std::vector<OpenRun> open;
    Question question;
    question.policy = brain.policy();
    question.now_s = now_s;
    for (std::size_t i = 0; i < present.jobs(); ++i) {
      const JobIndex original = present.original(static_cast<JobIndex>(i));
      if (original == job) question.target = static_cast<JobIndex>(i);
      open.push_back({memory_.jobs()[original].like, 0});
    }
    std::vector<RunningJob> running = running_.list();
    for (std::size_t i = 0; i < running.size(); ++i) running[i].job = static_cast<JobIndex>(i);
    question.open = open;
    question.running = running;
    question.past = may_be_overtaken(question.policy) ? past : 0;
    ForecastOptions options = options_.forecast;
    options.seed = options_.seed + job;
    TraceWorld world(present, question.policy, memory_);
    const Forecast found = forecast(world, question, memory_, options);
    steps_ += found.steps + present.jobs() * options.draws;
    AskedJob asked;
    asked.job = job;
    asked.submit_s = now_s;
    asked.devices = brain.job(job).devices;
    asked.plain = found.quantiles();
    asked_.push_back(asked);
  }

  const Trace& trace_;
  const CalibrateOptions& options_;
  Memory memory_;
  base::Random random_;
  double asked_part_[2];  // of the jobs of each part
  RunningJobs running_;
  std::vector<AskedJob> asked_;
  std::uint64_t steps_ = 0;
};

/// Jobs that the cluster could hold, which the Brain numbers as the trace does.
Trace that_fit(const Trace& trace, const ClusterSize& size, const Policy& policy) {
  Cluster cluster = make_cluster(size, trace);
  const Workload all = make_workload(trace, size, cluster, Prediction::kLimit);
  const Brain empty(cluster, {.policy = policy, .typical = {}});
  Trace fitting = trace;
  fitting.jobs.clear();
  for (std::size_t i = 0; i < all.jobs.size(); ++i)
    if (empty.fits_ever(all.jobs[i])) fitting.jobs.push_back(trace.jobs[i]);
  return fitting;
}

/// The mean of the last two run times, of the same user or, where there are none, of the same
/// group and size.
std::vector<std::uint32_t> who_predicts(const Trace& trace) {
  std::vector<std::uint32_t> who;
  std::unordered_map<std::uint64_t, std::uint32_t> known;
  for (const TraceJob& job : trace.jobs) {
    const std::uint64_t key = std::uint64_t{job.group} << 32 | job.devices;
    who.push_back(known.try_emplace(key, static_cast<std::uint32_t>(known.size())).first->second);
  }
  return who;
}

/// Lets those learn who had started by a moment, in order of their starts.
class Learner {
 public:
  explicit Learner(const std::vector<AskedJob>& asked) : asked_(asked) {
    for (std::size_t i = 0; i < asked.size(); ++i)
      if (!asked[i].at_once()) by_start_.emplace_back(asked[i].submit_s + asked[i].waited_s, i);
    std::sort(by_start_.begin(), by_start_.end());
  }
  const Conformal& until(double now_s) {
    for (; next_ < by_start_.size() && by_start_[next_].first <= now_s; ++next_) {
      const AskedJob& job = asked_[by_start_[next_].second];
      conformal_.learn(job.plain, job.submit_s, job.waited_s);
    }
    return conformal_;
  }

 private:
  const std::vector<AskedJob>& asked_;
  std::vector<std::pair<double, std::size_t>> by_start_;
  std::size_t next_ = 0;
  Conformal conformal_;
};

}  // namespace

Grouping grouping_of(const Trace& trace) {
  const bool has_users = trace.users.size() > 1;
  return {
      {.names = {"user_size_limit", "user_size", "user", "size_limit", "size", "all"},
       .said_before = 2,
       .parts_from = 1},
      [has_users](const TraceJob& job) {
        const std::string user = fmt::format("{}", has_users ? job.user : job.group);
        const std::string size = fmt::format("{}", job.devices);
        const std::string limit = fmt::format("{:.0f}", job.limit_s);
        return std::vector<std::string>{
            user + " " + size + " " + limit, user + " " + size, user, size + " " + limit, size, ""};
      }};
}

RunsLike runs_like(const Grouping& grouping, const TraceJob& job, RunTimes& history) {
  RunsLike like;
  const std::vector<std::string> names = grouping.names(job);
  for (std::size_t level = 0; level < names.size(); ++level)
    like.groups[level] = history.group(level, names[level]);
  like.said_s = job.predicted_s;
  like.limit_s = job.limit_s;
  return like;
}

Calibration calibrate(const Trace& trace, const ClusterSize& size, const Policy& policy,
                      const CalibrateOptions& options) {
  const Trace fitting = that_fit(trace, size, policy);
  Cluster cluster = make_cluster(size, trace);
  Workload workload = make_workload(fitting, size, cluster, options.prediction);
  if (options.prediction == Prediction::kLastTwo && trace.users.size() <= 1)
    workload.predict_from_user = who_predicts(fitting);
  Asker asker(fitting, options);
  const Replay run = replay(cluster, workload, {.policy = policy, .typical = {}}, {}, &asker);
  std::vector<AskedJob> asked = asker.take();
  for (AskedJob& job : asked) job.waited_s = run.start_s[job.job] - job.submit_s;
  Calibration result;
  Learner fixed(asked), rolling(asked), all(asked);
  result.learnt = fixed.until(options.train_until_s);
  result.all = all.until(INFINITY);
  for (AskedJob& job : asked) {
    const bool is_test = job.submit_s >= options.train_until_s;
    if (!is_test && job.submit_s + job.waited_s > options.train_until_s) ++result.unfinished;
    if (!is_test) continue;
    job.fixed = result.learnt.corrected(job.plain);
    job.rolling = rolling.until(job.submit_s).corrected(job.plain);
    result.tested.push_back(job);
  }
  return result;
}

}  // namespace fulcrum::sched

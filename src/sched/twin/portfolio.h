#pragma once
// Portfolio scheduling (Deng, Song, Ren, Iosup, "Exploring portfolio scheduling for long-term
// execution of scientific workloads in IaaS clouds", SC 2013), with another look: where theirs
// simulates the present queue, here each policy of a portfolio is replayed, every so often, on the
// jobs that came lately, from an empty cluster of the same nodes. So what a policy does to the
// queue of the days that follow is seen. The best rules until the next time; a margin, so that
// policies that do alike do not alternate. The Brain itself is the simulator.
#include <string>
#include <vector>

#include "sched/twin/present.h"
#include "sched/twin/replay.h"

namespace fulcrum::sched {

inline constexpr std::string_view kAdaptive = "adaptive";

struct PortfolioMember {
  std::string name;
  Policy policy;
};

struct PortfolioOptions {
  std::vector<PortfolioMember> members;  // the first one rules at the beginning
  double every_s = 86400;                // at the first pass after that
  double memory_s = 60 * 86400.0;        // jobs submitted within it are replayed
  std::size_t most_jobs = 60'000;        // the newest of them
  /// A member replaces the ruling one when its cost is smaller by more than this part.
  double margin = 0.05;
};

/// easy_smith, smith, easy.
PortfolioOptions default_portfolio();

/// Jobs by submission time, and how long each runs once started, which the policy does not see.
struct RecentJobs {
  std::vector<Job> jobs;
  std::vector<double> duration_s;
};

/// Priority x devices x waiting in seconds, summed over the jobs, all of which start in the end.
/// `cluster` is empty and could hold each of them. Infinity when it exceeds `most`.
double replay_cost(const Cluster& cluster, const RecentJobs& recent, const Policy& policy,
                   double most);

/// Knows only what has happened: of a job that has not ended, the larger of what has passed since
/// its start and what is expected of it. Quotas and windows are not looked at. Deterministic: the
/// same calls give the same choices.
class Portfolio final : public Governor {
 public:
  explicit Portfolio(PortfolioOptions options);
  const Policy& first() const { return options_.members.front().policy; }

  void started(const Brain& brain, JobIndex job, double now_s) override;
  void ended(JobIndex job, double duration_s) override;
  void stopped(JobIndex job, double now_s) override;
  void before_pass(Brain& brain, double now_s) override;

  std::uint64_t evaluations() const { return evaluations_; }
  std::uint64_t switches() const { return switches_; }
  /// Evaluations after which each member ruled, by the order of the members.
  const std::vector<std::uint64_t>& chosen() const { return chosen_; }

 private:
  RecentJobs recent(const Brain& brain, double now_s) const;
  std::size_t best(const Brain& brain, double now_s) const;

  PortfolioOptions options_;
  std::size_t ruling_ = 0;
  double next_s_ = 0;
  bool is_first_ = true;
  RunningJobs running_;
  std::vector<double> took_s_;  // by job; negative: it has not ended
  double ended_s_ = 0;          // sum of durations
  std::uint64_t ended_jobs_ = 0;
  std::uint64_t evaluations_ = 0;
  std::uint64_t switches_ = 0;
  std::vector<std::uint64_t> chosen_;
};

}  // namespace fulcrum::sched

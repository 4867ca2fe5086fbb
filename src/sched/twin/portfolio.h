#pragma once
// Portfolio scheduling (Deng, Song, Ren, Iosup, "Exploring portfolio scheduling for long-term
// execution of scientific workloads in IaaS clouds", SC 2013): every so often each policy of a
// portfolio is simulated on the present queue, and the best one rules until the next time. Our own:
// a margin, so that policies that do alike do not alternate; the Brain itself is the simulator.
#include <map>
#include <string>
#include <vector>

#include "sched/twin/replay.h"

namespace fulcrum::sched {

inline constexpr std::string_view kAdaptive = "adaptive";

struct PortfolioMember {
  std::string name;
  Policy policy;
};

struct PortfolioOptions {
  std::vector<PortfolioMember> members;  // the first one rules at the beginning
  double every_s = 3600;                 // at the first pass after that
  double horizon_s = 21600;              // how far a simulation goes
  /// A member replaces the ruling one when its simulated cost is smaller by more than this part.
  double margin = 0.02;
  /// The jobs of the last horizon come again in the simulation: with the present queue alone it
  /// would seem free to start small jobs that keep large ones waiting.
  bool repeat_arrivals = true;
};

/// easy_smith, smith, smallest_device_time with EASY, easy, fifo.
PortfolioOptions default_portfolio();

/// A job that runs, and since when.
struct RunningJob {
  JobIndex job = kNoJob;
  double start_s = 0;
};

/// Priority x devices x time in the system until the horizon, summed over the jobs that wait and
/// those that come (`arrivals`, by submit_s), if the policy ruled from now on. Jobs take what is
/// expected of them; one that outlived that, twice as long, again and again; one of which nothing
/// is known, `unknown_s`.
double simulate_queue(const Brain& brain, const std::vector<RunningJob>& running,
                      const std::vector<Job>& arrivals, const Policy& policy, double now_s,
                      double horizon_s, double unknown_s);

/// Deterministic: the same calls give the same choices.
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
  std::vector<Job> expected_arrivals(const Brain& brain, double now_s) const;

  PortfolioOptions options_;
  std::size_t ruling_ = 0;
  double next_s_ = 0;
  std::vector<RunningJob> running_;
  std::vector<std::size_t> place_in_running_;  // by job
  double ended_s_ = 0;                         // sum of durations
  std::uint64_t ended_jobs_ = 0;
  std::uint64_t evaluations_ = 0;
  std::uint64_t switches_ = 0;
  std::vector<std::uint64_t> chosen_;
};

}  // namespace fulcrum::sched

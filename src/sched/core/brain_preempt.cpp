// Preemption in two phases. Here is the first: for the first job that waits, the cheapest set of
// running jobs without which it has room, and no smaller one of these. They are asked to stop; who
// drives the Brain does the second, ends them, and the next pass gives the room to whoever is first
// then. Meanwhile backfilling keeps away from it, since they are expected to end at once.
//
// So that nobody is driven round in circles, a start is protected: for `min_run_s`, and for a
// minute that doubles with each preemption. A job that runs for T in all is preempted at most
// 1 + log2(1 + T / 60 s) times.
#include <algorithm>
#include <cmath>

#include "sched/core/brain.h"

namespace fulcrum::sched {

namespace {

constexpr double kProtectedS = 60;
constexpr double kUntilStoppedS = 10;   // how long one who is asked is expected to take
constexpr double kUnknownWaitS = 3600;  // where no end is known

double protected_s(const Job& job) {
  return std::max(job.min_run_s, std::ldexp(kProtectedS, static_cast<int>(job.preemptions)));
}

/// What it would do again if it were stopped now.
double lost_s(const Job& job, double ran_s) {
  return job.checkpoint_every_s > 0 ? std::fmod(ran_s, job.checkpoint_every_s) : ran_s;
}

}  // namespace

struct Brain::Victim {
  double cost = 0;  // weight x what it loses, for each device that it frees
  double start_s = 0;
  JobIndex job = kNoJob;
  /// The cheapest first; of equals who started last.
  bool operator<(const Victim& other) const {
    if (cost != other.cost) return cost < other.cost;
    return start_s != other.start_s ? start_s > other.start_s : job > other.job;
  }
};

void Brain::is_leaving(JobIndex job, double asked_s) {
  if (leaving_[job] != 0) return;
  leaving_[job] = 1;
  settled_ = false;
  if (!outlook_) return;
  outlook_->end_moved(job, predicted_end_s_[job], asked_s + kUntilStoppedS);
  predicted_end_s_[job] = asked_s + kUntilStoppedS;
  corrections_[job] = 0;
}

void Brain::preempt_for_those_first(double now_s) {
  for (const JobIndex job : {claimant_, head_})
    if (job != kNoJob) preempt_for(job, now_s);
}

/// Stopped now, would it go before the job that asks? Then nobody would be helped.
bool Brain::would_go_first(JobIndex running, JobIndex job, double now_s) {
  Job stopped = jobs_[running];
  quotas_.give_back(stopped);
  const std::uint32_t it_borrows = quotas_.borrows(stopped), mine = quotas_.borrows(jobs_[job]);
  quotas_.take(stopped);
  if (it_borrows != mine) return it_borrows < mine;
  if (queue_.takes_turns()) return false;  // whose group holds more goes later
  const double ran_s = now_s - start_s_[running];
  note_stop(stopped, ran_s, ran_s - lost_s(stopped, ran_s));
  return queue_.entry(running, stopped, stopped.arrival) <
         queue_.entry(job, jobs_[job], jobs_[job].arrival);
}

/// Those whose place the job may take now. wake_s_ is when there may be more.
std::vector<Brain::Victim> Brain::candidates(JobIndex job, double now_s) {
  const PreemptContext context{now_s, quotas_};
  std::vector<Victim> found;
  const double expected_s = expected_duration_s(jobs_[job]);
  const double wait_s = std::isfinite(expected_s) ? expected_s : kUnknownWaitS;
  for (const auto& [end_s, other] : outlook_->ends()) {
    const Job& running = jobs_[other];
    if (!running.preemptible || leaving_[other] != 0) continue;
    const double from_s =
        std::max(options_.policy.preempt->may_from_s(context, jobs_[job], running, start_s_[other]),
                 start_s_[other] + protected_s(running));
    if (from_s > now_s) {
      wake_s_ = std::min(wake_s_, from_s);
      continue;
    }
    if (would_go_first(other, job, now_s)) continue;
    const double cost = running.priority * (wait_s + lost_s(running, now_s - start_s_[other]));
    found.push_back({cost, start_s_[other], other});
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Leaves in `victims` a set without which the job has room and its quotas admit it, none of which
/// it could do without. Returns false when all together do not suffice, or none is needed.
bool Brain::choose_victims(JobIndex job, std::vector<Victim>& victims, double now_s) {
  Outlook without(cluster_, held_);  // its times count victims
  QuotaTree quotas = quotas_;
  for (const auto& [end_s, other] : outlook_->ends()) {
    if (leaving_[other] == 0) continue;
    without.already_runs(other, 0);
    quotas.give_back(jobs_[other]);
  }
  for (std::size_t i = 0; i < victims.size(); ++i)
    without.already_runs(victims[i].job, static_cast<double>(i + 1));
  if (!windows_.empty()) without.close(closed_to(jobs_[job], now_s));
  if (!without.aim(jobs_[job])) return false;
  auto needed = static_cast<std::size_t>(std::max(0.0, without.at_s()));
  for (std::size_t i = 0; i < needed; ++i) quotas.give_back(jobs_[victims[i].job]);
  for (; !quotas.admits(jobs_[job]) && needed < victims.size(); ++needed)
    quotas.give_back(jobs_[victims[needed].job]);
  if (!quotas.admits(jobs_[job])) return false;
  victims.resize(needed);
  // From the dearest on: who need not go?
  for (std::size_t i = victims.size(); i-- > 0;) {
    const Job& victim = jobs_[victims[i].job];
    quotas.take(victim);
    const auto rank = static_cast<double>(i + 1);
    const bool is_given_back = rank <= without.at_s();
    if (quotas.admits(jobs_[job]) &&
        (!is_given_back || without.leaves_room(held_[victims[i].job]))) {
      if (is_given_back) without.end_moved(victims[i].job, rank, INFINITY);
      victims.erase(victims.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      quotas.give_back(victim);
    }
  }
  return !victims.empty();
}

/// Does the waiting that is saved outweigh what is caused, in weight x time?
bool Brain::is_worth_it(JobIndex job, const std::vector<Victim>& victims, double now_s) const {
  if (!options_.policy.preempt->weighs) return true;
  double wait_s = kUnknownWaitS;
  if (job == head_ && std::isfinite(head_start_s_)) wait_s = head_start_s_ - now_s;
  double cost = 0;
  for (const Victim& victim : victims) cost += victim.cost * jobs_[victim.job].devices;
  return weight_of(jobs_[job]) * wait_s > cost;
}

void Brain::preempt_for(JobIndex job, double now_s) {
  std::vector<Victim> victims = candidates(job, now_s);
  if (victims.empty() || !choose_victims(job, victims, now_s)) return;
  if (!is_worth_it(job, victims, now_s)) return;
  for (const Victim& victim : victims) {
    asked_.push_back({victim.job, job});
    asked_expected_.push_back({predicted_end_s_[victim.job], corrections_[victim.job]});
    is_leaving(victim.job, now_s);
  }
}

}  // namespace fulcrum::sched

#pragma once
// One cluster, one policy: who starts now. The live dispatcher and the twin drive the same object
// with the same calls. Deterministic: the same calls give the same starts.
#include <memory>
#include <vector>

#include "sched/core/outlook.h"
#include "sched/core/placer.h"
#include "sched/core/queue.h"
#include "sched/core/quota.h"
#include "sched/core/window.h"

namespace fulcrum::sched {

struct BrainOptions {
  Policy policy;
  std::vector<TypicalShape> typical;
  std::uint64_t seed = 0;
  /// false: every pass looks at everything anew. The starts are the same, unless the place stage
  /// draws by the count of decisions.
  bool incremental = true;
};

/// A running job that is asked to stop, and for whom.
struct Ask {
  JobIndex job = kNoJob;
  JobIndex for_job = kNoJob;
};

/// Single-threaded.
class Brain {
 public:
  /// The cluster outlives it; others only look at it while the Brain lives, except set_up().
  Brain(Cluster& cluster, BrainOptions options);

  /// Numbers jobs from 0 in the order of these calls, which is the order of arrival where the job
  /// does not say another. The jobs of one moment are submitted before the pass at that moment.
  JobIndex submit(const Job& job);
  /// Out of the queue; nothing when it is not there.
  void withdraw(JobIndex job);
  /// A running job gave everything back.
  void end(JobIndex job, double now_s);
  /// The same of one that has been stopped: it waits again in the place of its arrival. `kept_s` of
  /// the time that it ran are not to be done again.
  void stop(JobIndex job, double now_s, double kept_s);

  // What binds whoever waits. Set before the first job is submitted, or when nothing runs of which
  // the new tree would not know: jobs count in the tree that was there when they started.
  void set_quotas(QuotaTree quotas);
  const QuotaTree& quotas() const { return quotas_; }
  void set_windows(std::vector<Window> windows);

  // For who mirrors a cluster that decides for itself (brain_mirror.cpp).
  /// Numbers a job that neither waits nor runs.
  JobIndex admit(const Job& job);
  /// It waits, in the place of its arrival.
  void wait(JobIndex job);
  /// Tells it anew what a job is that neither waits nor runs.
  void restate(JobIndex job, const Job& now);
  /// It runs: takes this, whoever decided it. It does not wait.
  void run(JobIndex job, std::vector<Held> held, double start_s);
  /// A running job was asked to stop then, whoever decided it.
  void is_leaving(JobIndex job, double asked_s);
  /// Takes the starts of the last pass back and says of whom: those jobs wait again. What their
  /// groups use is for set_group() to restore.
  std::vector<JobIndex> undo_pass();
  /// What a group holds of each resource stays what the Brain counted.
  void set_group(std::uint32_t index, const GroupUse& use);
  const Queue& queue() const { return queue_; }
  /// From the next pass on (brain_policy.cpp). The place stage stays the first one's.
  void set_policy(const Policy& policy);
  const Policy& policy() const { return options_.policy; }
  const Cluster& cluster() const { return cluster_; }
  const std::vector<GroupUse>& groups() const { return groups_; }

  /// Starts whoever may start now, and says who. Valid until the next call. Before backfilling, a
  /// running job that outlived its prediction gets a longer one.
  const std::vector<JobIndex>& pass(double now_s);
  /// Who was asked to stop in the last pass, so that its head gets room. They hold what they hold
  /// until end() or stop(), and nobody is asked twice.
  const std::vector<Ask>& asked_to_stop() const { return asked_; }
  /// The next moment at which a pass may find something new although nothing happened: somebody's
  /// protection ends, a window begins or ends. Infinity: none.
  double wake_s() const { return wake_s_; }

  std::size_t jobs() const { return jobs_.size(); }  // numbered so far
  const Job& job(JobIndex index) const { return jobs_[index]; }
  /// What a running job holds; empty otherwise.
  const std::vector<Held>& held(JobIndex index) const { return held_[index]; }
  std::size_t waiting() const { return queue_.size(); }
  std::size_t running() const { return running_; }
  std::uint64_t decisions() const { return placer_.decisions(); }
  /// The first job that had to wait in the last pass, or kNoJob.
  JobIndex head() const { return head_; }
  /// When the head is expected to start; infinity when no running job's end is known. Only with
  /// backfilling, and only after a pass in which a job waited.
  double head_start_s() const { return head_start_s_; }
  /// Whose turn it is among the buckets; smaller goes first.
  Rank rank_of(const Queue::Bucket& bucket, double now_s) const;
  /// Those that wait, as they would go now, at most so many.
  std::vector<QueueEntry> first_in_order(std::size_t most, double now_s) const;
  /// Could the job start on the cluster, and by its quotas, if nothing else ran?
  bool fits_ever(const Job& job) const;
  /// Who has waited longer for devices of a quota that both have, so that this one did not start in
  /// the last pass; or kNoJob.
  JobIndex ahead_in_quota(JobIndex job) const;

 private:
  struct Victim;
  /// Devices of its quotas that a waiting job gets from `at_s` on (infinity: not known). Who ends
  /// by then may use them (brain_quota.cpp).
  struct Promise {
    JobIndex job = kNoJob;
    std::uint32_t over = kNoQuota;  // the one that has no room now
    double at_s = 0;
    QuotaTree then;  // who holds what at that time, without the job
  };
  enum class Behind { kStarted, kNoRoom, kDelaysHead };
  void start(JobIndex job, double now_s, std::vector<Held> held);
  void note_running(JobIndex job, double start_s);
  static void note_stop(Job& job, double ran_s, double kept_s);
  void look_outside();
  void correct_predictions(double now_s);
  bool look_at_new_jobs(double now_s);
  void look_at_all(double now_s);
  enum class Try { kStarted, kNoRoom, kWindow, kQuota, kPromised };
  Queue::BucketIndex next_bucket(double now_s) const;
  Try try_start(JobIndex job, double now_s);
  bool backfills() const {
    return options_.policy.backfill == Backfill::kEasy ||
           options_.policy.backfill == Backfill::kExact;
  }
  void start_the_best(double now_s);
  const std::vector<char>& closed_to(const Job& job, double now_s);
  bool place(const Job& job, double now_s, std::vector<Held>& held);
  void fill_gaps(double now_s);
  double gap_below_s(double expected_s, double now_s) const;
  void promise_to_head();
  void promise_when_quota_has_room(JobIndex job);
  bool keeps_promises(const Job& job, double now_s) const;
  bool could_run(const Job& job, bool up_only) const;
  bool everywhere(const Job& job);
  void close_nodes(const Job& job, std::vector<char>& closed) const;
  void go_on_elsewhere(double now_s);
  void backfill(double now_s);
  void preempt_for_those_first(double now_s);
  void preempt_for(JobIndex job, double now_s);
  std::vector<Victim> candidates(JobIndex job, double now_s);
  bool choose_victims(JobIndex job, std::vector<Victim>& victims, double now_s);
  bool is_worth_it(JobIndex job, const std::vector<Victim>& victims, double now_s) const;
  bool would_go_first(JobIndex running, JobIndex job, double now_s);
  void release(JobIndex job, double now_s);
  void plan_all(double now_s);
  bool take_all(const std::vector<Held>& where);
  bool room_in_total(const Queue::Bucket& bucket) const;
  Behind try_behind_head(const QueueEntry& entry, double now_s);
  bool would_start_behind_head(const QueueEntry& entry, double now_s);
  GroupUse& group(std::uint32_t index);
  void charge(const Job& job, double now_s, double sign);
  void count_held(JobIndex job, std::int64_t sign);

  Cluster& cluster_;
  BrainOptions options_;
  Placer placer_;
  Queue queue_;
  std::vector<Job> jobs_;
  std::vector<std::vector<Held>> held_;
  std::vector<GroupUse> groups_;
  std::unique_ptr<Outlook> outlook_;       // with backfilling
  std::vector<double> start_s_;            // by job, while it runs
  std::vector<double> predicted_end_s_;    // by job, while it runs
  std::vector<std::uint8_t> corrections_;  // by job
  std::vector<JobIndex> started_;
  std::vector<Ask> asked_;  // in the last pass
  /// What was expected of these before they were asked.
  struct Expected {
    double end_s;
    std::uint8_t corrections;
  };
  std::vector<Expected> asked_expected_;
  std::vector<char> leaving_;  // by job
  QuotaTree quotas_;
  Windows windows_;
  std::vector<char> closed_;           // by node, for one job
  mutable std::vector<double> turns_;  // by group, as of turns_at_s_; -1: not known
  mutable double turns_at_s_ = -1;
  double wake_s_ = 0;
  JobIndex claimant_ = kNoJob;      // first whom only a quota stops although it is sure of its part
  std::vector<Promise> promises_;   // of the last pass
  std::vector<JobIndex> new_jobs_;  // since the last pass
  std::vector<char> blocked_;       // by bucket, in a pass
  std::vector<char> everywhere_;    // by shape: 0 not looked at, 1 every node could hold it, 2 not
  std::uint64_t log_seen_ = 0;      // of the cluster; later entries are not ours
  bool settled_ = false;            // since the last pass only jobs came
  /// A job waits only because where it would go the head needs the room. Once somebody behind it
  /// has started it may go to another node, so that it has to be looked at again.
  bool one_delays_ = false;
  std::size_t running_ = 0;
  JobIndex head_ = kNoJob;
  double head_start_s_ = 0;
};

}  // namespace fulcrum::sched

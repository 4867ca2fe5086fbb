#pragma once
// Commands, queries and events of the scheduler's pillar, besides the structs of job.h and
// resources.h. Each is described once; codecs, schemas and fronts come from that.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <optional>
#include <string>

#include "sched/job.h"
#include "sched/orphan.h"
#include "sched/quota.h"
#include "sched/reclaim.h"
#include "sched/reservation.h"
#include "sched/resources.h"

namespace fulcrum::sched {

// ---- nodes ----

struct DrainNode {
  std::string node;
  static constexpr std::string_view kRequired[] = {"node"};
};
BOOST_DESCRIBE_STRUCT(DrainNode, (), (node))

struct ResumeNode {
  std::string node;
  static constexpr std::string_view kRequired[] = {"node"};
};
BOOST_DESCRIBE_STRUCT(ResumeNode, (), (node))

struct RemoveNode {
  std::string node;
  static constexpr std::string_view kRequired[] = {"node"};
};
BOOST_DESCRIBE_STRUCT(RemoveNode, (), (node))

/// What `fulcrum node assess` measured.
struct AssessNode {
  std::string node;
  std::int64_t cores = 0;
  std::int64_t memory_bytes = 0;
  double one_thread_gflop_per_s = 0;  // double precision, multiply and add
  double all_threads_gflop_per_s = 0;
  double memory_gb_per_s = 0;   // triad, all threads, 10^9 bytes
  std::vector<Device> devices;  // GPUs
  static constexpr std::string_view kRequired[] = {"node"};
};
BOOST_DESCRIBE_STRUCT(AssessNode, (),
                      (node, cores, memory_bytes, one_thread_gflop_per_s, all_threads_gflop_per_s,
                       memory_gb_per_s, devices))

struct NodeAdded {
  Node node;
};
BOOST_DESCRIBE_STRUCT(NodeAdded, (), (node))
struct NodeAvailabilityChanged {
  std::string node;
  Availability availability = Availability::kUp;
};
BOOST_DESCRIBE_STRUCT(NodeAvailabilityChanged, (), (node, availability))
struct NodeRemoved {
  std::string node;
};
BOOST_DESCRIBE_STRUCT(NodeRemoved, (), (node))
struct NodeAssessed {
  AssessNode assessment;
};
BOOST_DESCRIBE_STRUCT(NodeAssessed, (), (assessment))

// ---- jobs ----

struct CancelJob {
  std::string job;  // or an array: all of it
  std::string reason;
  static constexpr std::string_view kRequired[] = {"job"};
};
BOOST_DESCRIBE_STRUCT(CancelJob, (), (job, reason))

/// Asks a running job to make room: it is stopped, and starts again later in its old place.
struct PreemptJob {
  std::string job;
  PreemptReason reason = PreemptReason::kOperator;
  std::string for_job;  // who gets the room; empty: nobody in particular
  double grace_s = 0;   // between SIGTERM and SIGKILL; 0: the executor's own
  static constexpr std::string_view kRequired[] = {"job"};
};
BOOST_DESCRIBE_STRUCT(PreemptJob, (), (job, reason, for_job, grace_s))

struct ReleaseJob {
  std::string job;
  static constexpr std::string_view kRequired[] = {"job"};
};
BOOST_DESCRIBE_STRUCT(ReleaseJob, (), (job))

/// Sent by the dispatcher. `devices` are positions in the node's list; what else the job takes
/// follows from its demand.
struct TaskStart {
  std::string node;
  std::vector<std::uint32_t> devices;
  static constexpr std::string_view kRequired[] = {"node"};
};
BOOST_DESCRIBE_STRUCT(TaskStart, (), (node, devices))
struct StartJob {
  std::string job;
  std::string node;
  std::vector<std::uint32_t> devices;
  std::vector<TaskStart> more;  // the other tasks of a gang
  static constexpr std::string_view kRequired[] = {"job", "node"};
};
BOOST_DESCRIBE_STRUCT(StartJob, (), (job, node, devices, more))

/// kPreempted ends a start, never a job.
enum class JobState { kSucceeded, kFailed, kTimeLimit, kCancelled, kLost, kPreempted };
BOOST_DESCRIBE_ENUM(JobState, kSucceeded, kFailed, kTimeLimit, kCancelled, kLost, kPreempted)

/// Sent by the dispatcher.
struct EndJob {
  std::string job;
  std::uint32_t attempt = 0;  // which start ended
  JobState state = JobState::kSucceeded;
  int exit_code = 0;
  int signal = 0;
  double cpu_s = 0;
  std::int64_t peak_memory_bytes = 0;
  double useful_device_s = 0;  // device-seconds in which the devices were busy
  std::string isolation;       // what the kernel offered
  std::string detail;          // why it did not start, for people
  static constexpr std::string_view kRequired[] = {"job", "attempt", "state"};
};
BOOST_DESCRIBE_STRUCT(EndJob, (),
                      (job, attempt, state, exit_code, signal, cpu_s, peak_memory_bytes,
                       useful_device_s, isolation, detail))

/// With spec.array: of all the jobs in it, JOB_INDEX each.
struct JobSubmitted {
  std::string job;
  JobSpec spec;
};
BOOST_DESCRIBE_STRUCT(JobSubmitted, (), (job, spec))
struct JobReleased {
  std::string job;
};
BOOST_DESCRIBE_STRUCT(JobReleased, (), (job))
struct JobStarted {
  std::string job;
  std::uint32_t attempt = 1;
  std::string node;
  Taken taken;
  std::int64_t device_milli = 0;  // what it counts for in utilization, over all tasks
  double price_usd_per_hour = 0;  // of what it takes, today
  std::vector<TaskPlace> more;    // the other tasks of a gang
};
BOOST_DESCRIBE_STRUCT(JobStarted, (),
                      (job, attempt, node, taken, device_milli, price_usd_per_hour, more))
struct JobCancelRequested {
  std::string job;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(JobCancelRequested, (), (job, reason))
struct JobPreemptRequested {
  std::string job;
  PreemptReason reason = PreemptReason::kOperator;
  std::string for_job;
  double grace_s = 0;
};
BOOST_DESCRIBE_STRUCT(JobPreemptRequested, (), (job, reason, for_job, grace_s))

/// The facts of one start that ended.
struct RunFigures {
  std::uint32_t attempt = 0;  // 0: it never started
  std::string node;
  std::int64_t started_us = 0;
  double allocated_device_s = 0;
  double useful_device_s = 0;
  double cost_usd = 0;
  double cpu_s = 0;
  std::int64_t peak_memory_bytes = 0;
  std::string isolation;
};
BOOST_DESCRIBE_STRUCT(RunFigures, (),
                      (attempt, node, started_us, allocated_device_s, useful_device_s, cost_usd,
                       cpu_s, peak_memory_bytes, isolation))
/// It was lost or made room, and goes back to its place in the queue.
struct JobRequeued {
  std::string job;
  std::string detail;
  RunFigures run;
  bool preempted = false;
  double kept_s = 0;         // of its work so far, what checkpoints kept: the next start has it
  double lost_device_s = 0;  // held after the last checkpoint: to be done again
};
BOOST_DESCRIBE_STRUCT(JobRequeued, (), (job, detail, run, preempted, kept_s, lost_device_s))
struct JobEnded {
  std::string job;
  JobState state = JobState::kSucceeded;
  int exit_code = 0;
  int signal = 0;
  std::string detail;
  RunFigures run;
};
BOOST_DESCRIBE_STRUCT(JobEnded, (), (job, state, exit_code, signal, detail, run))

// ---- policy ----

struct SetPolicy {
  std::string policy;    // an order; or a preset or "order+place+backfill+preempt", which sets all
  std::string place;     // empty: as it is
  std::string backfill;  // none, easy; empty: as it is
  std::string preempt;   // none, by_priority, ...; empty: as it is
};
BOOST_DESCRIBE_STRUCT(SetPolicy, (), (policy, place, backfill, preempt))
struct PolicyChanged {
  std::string policy;
  std::string place;
  std::string backfill;  // empty: as it was
  std::string preempt;   // empty: as it was
};
BOOST_DESCRIBE_STRUCT(PolicyChanged, (), (policy, place, backfill, preempt))

// ---- quotas ----

struct RemoveQuota {
  std::string quota;
  static constexpr std::string_view kRequired[] = {"quota"};
};
BOOST_DESCRIBE_STRUCT(RemoveQuota, (), (quota))
struct QuotaSet {
  QuotaSpec quota;
};
BOOST_DESCRIBE_STRUCT(QuotaSet, (), (quota))
struct QuotaRemoved {
  std::string quota;
};
BOOST_DESCRIBE_STRUCT(QuotaRemoved, (), (quota))

// ---- reservations ----

struct CancelReservation {
  std::string reservation;
  std::string reason;
  static constexpr std::string_view kRequired[] = {"reservation"};
};
BOOST_DESCRIBE_STRUCT(CancelReservation, (), (reservation, reason))
struct ReservationAdded {
  Reservation reservation;
};
BOOST_DESCRIBE_STRUCT(ReservationAdded, (), (reservation))
struct ReservationCancelled {
  std::string reservation;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ReservationCancelled, (), (reservation, reason))

// ---- idle devices, and processes without a job ----

/// Sent by the dispatcher: a running job kept its devices less busy than the policy wants.
struct NoticeIdle {
  std::string job;
  std::uint32_t attempt = 0;
  double mean_use = 0;        // 0…1
  std::int64_t since_us = 0;  // the mean is from here on
  static constexpr std::string_view kRequired[] = {"job", "attempt", "mean_use"};
};
BOOST_DESCRIBE_STRUCT(NoticeIdle, (), (job, attempt, mean_use, since_us))
/// Sent by the dispatcher: it is busy again, or nobody minds any more.
struct WithdrawIdle {
  std::string job;
  std::uint32_t attempt = 0;
  double mean_use = 0;
  static constexpr std::string_view kRequired[] = {"job", "attempt"};
};
BOOST_DESCRIBE_STRUCT(WithdrawIdle, (), (job, attempt, mean_use))
struct ReclaimSet {
  Reclaim reclaim;
};
BOOST_DESCRIBE_STRUCT(ReclaimSet, (), (reclaim))
struct JobIdleNoticed {
  std::string job;
  IdleNotice notice;
};
BOOST_DESCRIBE_STRUCT(JobIdleNoticed, (), (job, notice))
struct JobIdleWithdrawn {
  std::string job;
  double mean_use = 0;
};
BOOST_DESCRIBE_STRUCT(JobIdleWithdrawn, (), (job, mean_use))

/// Sent by the dispatcher.
struct ReportOrphan {
  Orphan orphan;
  static constexpr std::string_view kRequired[] = {"orphan"};
};
BOOST_DESCRIBE_STRUCT(ReportOrphan, (), (orphan))
struct ClearOrphan {
  std::string run;
  static constexpr std::string_view kRequired[] = {"run"};
};
BOOST_DESCRIBE_STRUCT(ClearOrphan, (), (run))
struct OrphanFound {
  Orphan orphan;
};
BOOST_DESCRIBE_STRUCT(OrphanFound, (), (orphan))
struct OrphanGone {
  std::string job;
  std::string run;
};
BOOST_DESCRIBE_STRUCT(OrphanGone, (), (job, run))

/// Does what defrag.plan says at that moment.
struct Defragment {
  std::string job;
  std::uint32_t most_moves = 4;
  static constexpr std::string_view kRequired[] = {"job"};
};
BOOST_DESCRIBE_STRUCT(Defragment, (), (job, most_moves))

// ---- queries ----

struct ListReservations {
  std::int64_t now_us = 0;  // 0: the scheduler's newest event
};
BOOST_DESCRIBE_STRUCT(ListReservations, (), (now_us))
struct ShowReclaim {};
BOOST_DESCRIBE_STRUCT(ShowReclaim, (), ())
struct PlanDefrag {
  std::string job;
  std::uint32_t most_moves = 4;
  static constexpr std::string_view kRequired[] = {"job"};
};
BOOST_DESCRIBE_STRUCT(PlanDefrag, (), (job, most_moves))
struct ListOrphans {};
BOOST_DESCRIBE_STRUCT(ListOrphans, (), ())

struct ListQuotas {
  std::int64_t now_us = 0;  // what was spent counts to here; 0: the scheduler's newest event
};
BOOST_DESCRIBE_STRUCT(ListQuotas, (), (now_us))
struct ShowQuota {
  std::string quota;
  std::int64_t now_us = 0;
  static constexpr std::string_view kRequired[] = {"quota"};
};
BOOST_DESCRIBE_STRUCT(ShowQuota, (), (quota, now_us))

struct ListJobs {
  std::string state;  // held, queued, running, succeeded, failed, time_limit, cancelled, lost
  std::string project;
  std::string owner;
  unsigned limit = 100;
  std::string array;  // its jobs, by index
};
BOOST_DESCRIBE_STRUCT(ListJobs, (), (state, project, owner, limit, array))
struct ListArrays {
  std::string project;
  std::string owner;
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListArrays, (), (project, owner, limit))
struct ShowJob {
  std::string job;  // its id, or the name of the newest job called so
  static constexpr std::string_view kRequired[] = {"job"};
};
BOOST_DESCRIBE_STRUCT(ShowJob, (), (job))
struct WhyJob {
  std::string job;
  static constexpr std::string_view kRequired[] = {"job"};
};
BOOST_DESCRIBE_STRUCT(WhyJob, (), (job))
struct EtaJob {
  std::string job;
  std::int64_t now_us = 0;  // 0: the scheduler's newest event
  unsigned draws = 200;     // runs of the twin, at most
  std::uint64_t seed = 1;
  static constexpr std::string_view kRequired[] = {"job"};
};
BOOST_DESCRIBE_STRUCT(EtaJob, (), (job, now_us, draws, seed))
struct ShowPolicy {
  std::string name;
  static constexpr std::string_view kRequired[] = {"name"};
};
BOOST_DESCRIBE_STRUCT(ShowPolicy, (), (name))
struct ListNodes {};
BOOST_DESCRIBE_STRUCT(ListNodes, (), ())
struct ShowQueue {
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ShowQueue, (), (limit))
struct ShowUsage {
  std::string project;  // empty: all
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;  // 0: the scheduler's newest event
};
BOOST_DESCRIBE_STRUCT(ShowUsage, (), (project, from_us, to_us))
struct ListPolicies {};
BOOST_DESCRIBE_STRUCT(ListPolicies, (), ())

}  // namespace fulcrum::sched

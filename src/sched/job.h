#pragma once
// A job as its submitter describes it, and as the scheduler sees it until it ends.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <algorithm>

#include "sched/reclaim.h"
#include "sched/resources.h"

namespace fulcrum::sched {

/// The body of `job.submit`. Everything here is written to the ledger: secrets do not belong in
/// `command` or `environment`; name them in `pass_environment`.
struct JobSpec {
  std::string name;
  std::string project = "default";
  std::string owner;                // default: who submits; a service may name someone else
  std::string job_class = "batch";  // free text, for lists and reports
  double priority = 1;              // weight of its completion time in the objective, > 0
  Demand resources;
  double time_limit_s = 0;  // 0: none
  double predicted_s = 0;   // 0: unknown; a simulated job runs exactly this long
  std::vector<std::string> command;
  std::string working_folder = "/";
  std::map<std::string, std::string> environment;
  std::vector<std::string> pass_environment;  // taken from the server's own, by name, at the start
  bool with_home = false;                     // gives the job FULCRUM_HOME
  bool simulated = false;
  bool held = false;              // waits for job.release
  std::uint32_t max_retries = 0;  // starts again after it was lost, that many times
  std::uint32_t tasks = 1;        // a gang: each holds `resources`, all start together or none
  std::vector<std::string> depends_on;  // jobs that have to succeed first
  std::int64_t deadline_us = 0;         // 0: none; who has the earliest goes first under `deadline`
  bool preemptible = false;             // may be stopped and started again
  double min_run_s = 0;                 // not stopped sooner than this after a start
  double checkpoint_every_s = 0;        // 0: never; what a stop loses is at most this
  bool may_move = true;                 // at a checkpoint, to another node, so that others fit
  std::string team;
  std::string dataset;  // NAME@VERSION that it reads
  std::string array;    // "0-99", "0-99%5": a job of each index, at most 5 at once (arrays.h)
  static constexpr std::string_view kRequired[] = {"name"};
};
BOOST_DESCRIBE_STRUCT(JobSpec, (),
                      (name, project, owner, job_class, priority, resources, time_limit_s,
                       predicted_s, command, working_folder, environment, pass_environment,
                       with_home, simulated, held, max_retries, tasks, depends_on, deadline_us,
                       preemptible, min_run_s, checkpoint_every_s, may_move, team, dataset, array))

/// kBlocked: it waits for the jobs in `waits_for`, or for its array (`over_limit`).
enum class JobPhase { kHeld, kBlocked, kQueued, kRunning };
BOOST_DESCRIBE_ENUM(JobPhase, kHeld, kBlocked, kQueued, kRunning)

/// Why a running job is asked to make room. kOperator is a person's word, the others are policy's.
enum class PreemptReason { kOperator, kPriority, kQuota, kIdle, kDefrag, kResize };
BOOST_DESCRIBE_ENUM(PreemptReason, kOperator, kPriority, kQuota, kIdle, kDefrag, kResize)

/// Where one task of a gang runs.
struct TaskPlace {
  std::string node;
  Taken taken;
};
BOOST_DESCRIBE_STRUCT(TaskPlace, (), (node, taken))

/// A job that has not ended.
struct OpenJob {
  std::string id;
  JobSpec spec;
  JobPhase phase = JobPhase::kQueued;
  std::uint64_t order = 0;  // first come, first numbered
  std::int64_t submitted_us = 0;
  std::uint32_t attempt = 0;  // starts so far
  std::string node;           // while running
  Taken taken;
  std::vector<TaskPlace> more;         // the other tasks of a gang
  std::vector<std::string> waits_for;  // of depends_on, those that have not ended
  std::int64_t started_us = 0;
  double node_price_usd_per_hour = 0;  // its share, as when it started
  std::int64_t device_milli = 0;
  bool cancel_requested = false;
  bool preempt_requested = false;  // it runs, and was asked to make room
  PreemptReason preempt_reason = PreemptReason::kOperator;
  std::int64_t preempt_requested_us = 0;
  double preempt_grace_s = 0;     // 0: the executor's own
  std::uint32_t preemptions = 0;  // so far; each was a start that does not count as a retry
  double kept_s = 0;              // of its work, what its checkpoints kept when it last stopped
  double attained_device_s = 0;   // device time of its earlier starts
  std::string array;              // of which it is one; empty: of none
  std::uint32_t array_index = 0;
  bool over_limit = false;  // as many of its array as may are queued or run
  IdleNotice idle;          // while it runs and does not use its devices
};
BOOST_DESCRIBE_STRUCT(OpenJob, (),
                      (id, spec, phase, order, submitted_us, attempt, node, taken, more, waits_for,
                       started_us, node_price_usd_per_hour, device_milli, cancel_requested,
                       preempt_requested, preempt_reason, preempt_requested_us, preempt_grace_s,
                       preemptions, kept_s, attained_device_s, array, array_index, over_limit,
                       idle))

/// Of a run time that was said of the whole job, what is left when it starts (or started) with what
/// it had kept; 0 stays 0: unknown.
inline double left_s(const OpenJob& job, double whole_s) {
  return whole_s <= 0 ? 0 : std::max(whole_s - job.kept_s, 1e-6);
}

}  // namespace fulcrum::sched

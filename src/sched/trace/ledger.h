#pragma once
// Our own job history as a trace. Who has a home asks its `job.list`; here rows become jobs.
#include "base/json.h"
#include "sched/trace/trace.h"

namespace fulcrum::sched {

struct HistoryOptions {
  bool simulated = false;  // simulated jobs in place of real ones
  bool cores = false;      // the machines have no GPU: a job's devices are the cores it asks for
};

/// `rows` as `job.list` gives them, newest first. Left out, and counted in Trace::skipped: jobs of
/// the other kind, jobs that have not ended, jobs that never started, rows without a demand or with
/// times that cannot be. A job that was lost or stopped and started again counts from its last
/// start; one that was held or waited for others comes when it could have started (`queued_us`),
/// and keeps its place in the order of submissions (TraceJob::arrival). Device models and custom
/// resources are those it asked for. Groups are owners, which is what fair share is fair to; users
/// are (owner, project). TraceJob::line counts from the oldest row. Time zero is the first job's.
/// Fails with `trace.empty`.
base::Result<Trace> trace_of_history(const base::json::array& rows, const HistoryOptions& options);

}  // namespace fulcrum::sched

#include "cli/trace_assumptions.h"

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "sched/trace/assume.h"

namespace fulcrum::cli {

void add_assumption_options(CLI::App& app, TraceAssumptions& assumed,
                            const std::string& quota_option) {
  app.add_flag("--preemptible", assumed.jobs.preemptible, base::text("sim.preemptible"));
  app.add_option("--checkpoint-every", assumed.jobs.checkpoint_every_s,
                 base::text("sim.checkpoint_every"))
      ->type_name("S");
  app.add_option("--min-run", assumed.jobs.min_run_s, base::text("sim.min_run"))->type_name("S");
  app.add_option("--restart", assumed.jobs.restart_s, base::text("sim.restart"))->type_name("S");
  app.add_option(quota_option, assumed.quotas, base::text("sim.quota"))
      ->type_name("GROUP=G:L")
      ->allow_extra_args(false);
}

base::Status assume(const TraceAssumptions& assumed, sched::Trace& trace) {
  const sched::Assumptions& jobs = assumed.jobs;
  for (const double time_s : {jobs.checkpoint_every_s, jobs.min_run_s, jobs.restart_s})
    if (!(time_s >= 0 && time_s <= 1e9))
      return base::usage("sim.assume", "a time is from 0 to 1e9 seconds", "checkpoint-every");
  const bool says_how = jobs.checkpoint_every_s > 0 || jobs.min_run_s > 0 || jobs.restart_s > 0;
  if (says_how && !jobs.preemptible)
    return base::usage("sim.assume", "no job is stopped unless jobs are preemptible", "preemptible",
                       "add --preemptible");
  trace.assume = jobs;
  for (const std::string& text : assumed.quotas) CHECK_OK(sched::add_quota(trace.quotas, text));
  return sched::check_quotas(trace.quotas, trace);
}

}  // namespace fulcrum::cli

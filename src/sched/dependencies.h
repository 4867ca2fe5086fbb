#pragma once
// Jobs that wait for other jobs to succeed. When one does not, those that wait for it are cancelled
// in the same command.
#include "sched/decide.h"

namespace fulcrum::sched {

/// `job.dependency_unknown` for one that is neither open nor remembered, `job.dependency_failed`
/// for one that did not succeed.
base::Status check_dependencies(const State& state, const JobSpec& spec);
/// Those of them that have not ended.
std::vector<std::string> open_dependencies(const State& state, const JobSpec& spec);
/// Ends everybody who waits for one of these jobs, which did not succeed, or for an array of one of
/// them, and who waits for those.
void cancel_dependents(const State& state, std::vector<std::string> jobs,
                       ledger::NewEvents& events);

/// A job waits for `waits_for` from now on.
void add_dependent(State& state, const OpenJob& job);
/// A new job, `place` among those of its event; its phase follows from what it waits for.
void add_job(State& state, OpenJob job, std::uint32_t place, const ledger::EventMeta& meta);
/// A job, or an array, has ended; whoever waited for nothing else may go on, if it succeeded.
void settle(State& state, const std::string& ended, bool succeeded);
void settle_dependents(State& state, const OpenJob& ended, bool succeeded);

}  // namespace fulcrum::sched

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
/// Ends everybody who waits for a job that did not succeed, and who waits for those.
void cancel_dependents(const State& state, const std::string& job, ledger::NewEvents& events);

/// A job waits for `waits_for` from now on.
void add_dependent(State& state, const OpenJob& job);
/// A job has ended; whoever waited for nothing else may go on, if it succeeded.
void settle_dependents(State& state, const OpenJob& ended, bool succeeded);

}  // namespace fulcrum::sched

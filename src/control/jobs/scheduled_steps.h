#pragma once
// A plan's steps as jobs of the scheduler.
#include <memory>

#include "control/jobs/dispatcher.h"
#include "control/jobs/step_jobs.h"

namespace fulcrum::control {

/// The engine and the dispatcher (which must be started) outlive it. A step's job starts again when
/// it was lost: steps resume.
std::unique_ptr<StepJobs> open_scheduled_steps(Engine& engine, Dispatcher& dispatcher);

}  // namespace fulcrum::control

#pragma once
// A plan run on the terminal: one line a step. On a terminal the running steps' lines are redrawn
// in place; elsewhere a line is printed when a step starts and when it ends.
#include <memory>

#include "control/run/plan_runner.h"

namespace fulcrum::cli {

enum class ProgressStyle { kTerminal, kPlain, kSilent };

/// Writes to stderr, so that stdout stays for results.
std::unique_ptr<control::RunObserver> make_run_progress(ProgressStyle style);

/// kTerminal when stderr is one, else kPlain.
ProgressStyle detect_progress_style();

}  // namespace fulcrum::cli

#pragma once
// fulcrum data run --explain and --reorder.
#include "cli/session.h"
#include "data/pipeline/run.h"

namespace fulcrum::cli {

/// Prints what a sample says; returns the exit code.
int explain_pipeline(const data::Pipeline& pipeline, const data::RunOptions& run,
                     const Session& session);

/// Puts the steps into the order of the stopped run that goes on, else into the cheapest order that
/// a sample shows.
base::Status choose_order(data::Pipeline& pipeline, const data::RunOptions& run);

}  // namespace fulcrum::cli

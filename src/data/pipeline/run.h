#pragma once
// Runs a pipeline over files. A reader cuts the inputs into pieces, workers decide, and results are
// written in the order of the input. At most a few pieces per thread are in memory. The bytes
// written depend on inputs and pipeline alone: not on the number of threads, and not on being
// killed and started again.
#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/pipeline/accounting.h"
#include "data/pipeline/pipeline.h"

namespace fulcrum::data {

struct RunOptions {
  std::vector<std::filesystem::path> inputs;  // files or folders
  std::filesystem::path output;               // empty: only decide
  std::filesystem::path decisions;            // empty: none
  std::string input_format, output_format;    // empty: by the files' names
  unsigned threads = 1;
  std::size_t piece_bytes = 1U << 20;
  /// Asked between pieces; true stops the run, which may be resumed.
  const std::atomic<bool>* stop = nullptr;
  /// Called from the calling thread after pieces were written.
  std::function<void(const Accounting& so_far)> on_progress;
};

struct RunReport {
  Accounting account;
  std::int64_t resumed_records = 0;  // taken over from the run before
};

/// The order of steps that a stopped run of the same pipeline, inputs and outputs had; nothing
/// where there is none to go on with. Fails as run_pipeline().
base::Result<std::optional<std::vector<std::string>>> order_of_stopped_run(
    const Pipeline& pipeline, const RunOptions& options);

/// Goes on where a stopped run of the same order of steps was. Fails with `run.stopped` and as
/// readers and writers do.
base::Result<RunReport> run_pipeline(const Pipeline& pipeline, const RunOptions& options);

}  // namespace fulcrum::data

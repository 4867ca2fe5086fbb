#pragma once
// What a pipeline would keep and cost, told from a sample, and a cheaper order of its steps.
//
// Only neighbours that do nothing but drop change places, so that the records kept and their bytes
// stay the same; a record that several rules would drop is then counted under the one that came
// first.
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/pipeline/pipeline.h"
#include "data/pipeline/run.h"

namespace fulcrum::data {

struct StepEstimate {
  std::string step;
  std::int64_t reached = 0, dropped = 0;     // records of the sample, in the order as written
  double dropped_low = 0, dropped_high = 0;  // Wilson interval of the dropped share, 95 %
  double us_per_record = 0;                  // without what steps share (splitting into words)
};

struct Explanation {
  std::int64_t records = 0, bytes = 0;  // sampled, from the beginnings of `files` inputs
  std::int64_t files = 0;
  double shared_us_per_record = 0;
  std::vector<StepEstimate> steps;                        // as written
  std::vector<std::size_t> order;                         // indices into steps, cheapest order
  double us_per_record = 0, us_per_record_reordered = 0;  // expected, all steps together
};

struct ExplainOptions {
  std::int64_t records = 2000;
  /// Processor seconds of the calling thread, for measuring.
  std::function<double()> cpu_s;
};

/// Fails as run_pipeline() does where inputs cannot be read.
base::Result<Explanation> explain(const Pipeline& pipeline, const RunOptions& run,
                                  const ExplainOptions& options);

/// Puts the steps into that order (indices into the present one, each once).
void reorder(Pipeline& pipeline, const std::vector<std::size_t>& order);

}  // namespace fulcrum::data

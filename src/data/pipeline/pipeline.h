#pragma once
// A pipeline: operators in order, and which members of a record they look at. Made from JSON (a
// plan's section or a file of its own):
//   {"fields": {"text": "body"}, "language": "en", "bad_records": "skip",
//    "steps": [{"gopher_quality": {"min_doc_words": 30}}, "c4"]}
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "data/operators/operator.h"

namespace fulcrum::data {

/// What happens to a record that cannot be read.
enum class BadRecords { kSkip, kStop };

struct PipelineStep {
  std::string name;  // the operator's, unless the step says otherwise
  std::unique_ptr<Operator> op;
  std::vector<std::string> rules;  // as they are reported
};

/// Immutable once made; shared by all threads.
struct Pipeline {
  FieldNames fields;
  std::string language = "en";
  BadRecords bad_records = BadRecords::kSkip;
  std::int64_t max_record_mb = 64;
  std::vector<PipelineStep> steps;
  std::string identity;  // hash of everything above: equal identities do the same
};

/// A rule is reported by its own name, and as STEP.RULE where two steps have one of that name.
/// Fails with `pipeline.step`, `operator.unknown` and the codec's errors; `field` is the path of
/// the value.
base::Result<Pipeline> make_pipeline(const base::json::value& settings);

}  // namespace fulcrum::data

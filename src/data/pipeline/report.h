#pragma once
// An account as JSON for people and scripts.
#include "base/json.h"
#include "data/pipeline/accounting.h"
#include "data/pipeline/pipeline.h"

namespace fulcrum::data {

/// {"records_in","records_out","bytes_in","rules":{RULE:{"dropped","changed"}}}, rules in the order
/// of the steps.
base::json::object summary_report(const Pipeline& pipeline, const Accounting& account);

/// The summary with "steps" and, for each rule, samples of what it did, and "bad_records".
base::json::object full_report(const Pipeline& pipeline, const Accounting& account);

}  // namespace fulcrum::data

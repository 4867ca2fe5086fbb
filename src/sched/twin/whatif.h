#pragma once
// "What if?": a changed world beside the base, on the same resampled traces.
#include <string>
#include <vector>

#include "base/json.h"
#include "sched/twin/scenario.h"

namespace fulcrum::sched {

struct WhatIfRow {
  std::string measure;
  std::string unit;
  Estimate base;
  Estimate changed;
  Estimate difference;           // changed - base, paired
  Estimate relative_difference;  // as a part of the base's value
  std::string verdict;           // "better", "worse", "unclear" (the interval holds 0) or "same"
};
BOOST_DESCRIBE_STRUCT(WhatIfRow, (),
                      (measure, unit, base, changed, difference, relative_difference, verdict))

struct WhatIf {
  Blocks blocks;
  std::vector<WhatIfRow> rows;     // by measure; money only where a price is known
  std::vector<std::string> words;  // in the chosen language
};

/// The plan's scenarios are the base and the changed world; `outcomes` as run_scenarios(plan) gave
/// them.
WhatIf what_if(const ScenarioPlan& plan, const std::vector<std::vector<Outcome>>& outcomes);
base::json::object to_json(const WhatIf& answer, const ScenarioPlan& plan);

}  // namespace fulcrum::sched

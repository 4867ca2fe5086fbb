#pragma once
// "Which policy should I use?": scenarios that differ in the policy, ranked by an objective, each
// with its paired difference to the best one and to a reference, and in words.
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "sched/twin/scenario.h"

namespace fulcrum::sched {

/// "cost" (ranks by weighted_wait, see measures.def) or any measure. Fails with
/// `advise.objective`.
base::Result<Measure> parse_objective(std::string_view text);

struct AdviceRow {
  std::string policy;
  double on_trace = 0;  // the objective on the trace itself
  Estimate value;       // over the resamples
  Estimate to_best;     // value - the best row's, paired; zeros for the best row
  double relative_to_best = 0;
  Estimate to_reference;       // paired, as a part of the reference's value
  bool clearly_worse = false;  // the interval of to_best lies on the worse side of 0
  std::map<std::string, Estimate> measures;
};
BOOST_DESCRIBE_STRUCT(AdviceRow, (),
                      (policy, on_trace, value, to_best, relative_to_best, to_reference,
                       clearly_worse, measures))

struct Advice {
  Measure objective = Measure::weighted_wait;
  std::string reference;  // fifo where it was tried, else the worst
  Blocks blocks;
  std::vector<AdviceRow> rows;     // best first
  std::vector<std::string> words;  // in the chosen language
};

/// `outcomes` as run_scenarios(plan) gave them. At least one scenario.
Advice advise(const ScenarioPlan& plan, const std::vector<std::vector<Outcome>>& outcomes,
              Measure objective);

/// "weighted waiting", and a value of it: "2.0 h", "71.3 %", "1,234".
std::string measure_name(Measure measure);
std::string measure_text(Measure measure, double value);
/// How durations were known and how the trace was resampled, one sentence each.
std::vector<std::string> method_words(const ScenarioPlan& plan, const Blocks& blocks);
base::json::object to_json(const Advice& advice, const ScenarioPlan& plan);

}  // namespace fulcrum::sched

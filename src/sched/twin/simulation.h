#pragma once
// Policies beside each other on one trace: what `fulcrum sim` runs. Pure but for `seconds`.
#include <boost/describe/class.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "sched/stages/presets.h"
#include "sched/twin/detail.h"
#include "sched/twin/figures.h"
#include "sched/twin/workload.h"

namespace fulcrum::sched {

inline constexpr std::size_t kMostGroups = 64;

/// Of a policy that resizes or preempts (elastic_simulation.h).
struct ElasticFigures {
  double restarts_per_job = 0;  // beside the first start
  std::uint64_t rounds = 0;
  /// Time in the system / (run time as asked x max(1, jobs of the trace / devices)): finish-time
  /// fairness with one share for the whole trace, as the Shockwave artifact reports it (NSDI 2023).
  Fairness fixed_share_fairness;
};
BOOST_DESCRIBE_STRUCT(ElasticFigures, (), (restarts_per_job, rounds, fixed_share_fairness))

struct SimulationRun {
  std::string policy;
  std::uint64_t seed = 0;
  ReplayFigures figures;
  Timeline timeline;
  RunDetail detail;                              // empty unless asked for
  std::map<std::string, GroupFigures> by_group;  // by name; empty for more than kMostGroups
  std::optional<ElasticFigures> elastic;
  std::uint64_t decisions = 0;
  double seconds = 0;  // of the replay alone; set by the caller, who has a clock
};

/// "perfect", "limit", "given", "last_two"; "auto": what was said at the submission where it was
/// for most jobs, else the limit where most have one, else perfect. Fails with `sim.predict`.
base::Result<Prediction> parse_prediction(std::string_view text, const Trace& trace);
std::string_view prediction_name(Prediction prediction);

/// One policy on its own cluster; threads may run several at once. `clock_s` is read around the
/// replay. The seed is that of place stages that draw; 0 keeps the trace's order of jobs submitted
/// in one moment, others draw it.
SimulationRun simulate(const Trace& trace, const ClusterSize& size, Prediction prediction,
                       const std::string& name, const Policy& policy, std::uint64_t seed,
                       double (*clock_s)(), bool in_detail = false);

/// {policy, seed, jobs, seconds, jobs_per_s, jct_s, …}: one run's line for scripts.
base::json::object to_json(const SimulationRun& run, Prediction prediction);
/// {times, series} of a run, for plots.
base::json::object timeline_json(const SimulationRun& run);
/// A header and a line a run; nested figures become columns like `jct_s.p50`.
std::string to_csv(const std::vector<SimulationRun>& runs, Prediction prediction);

}  // namespace fulcrum::sched

#pragma once
// Worlds beside each other on the same resampled traces, and their paired differences: what
// `fulcrum advise` (worlds differ in the policy) and `fulcrum whatif` (the cluster, the policy, the
// price) are made of. Bit-reproducible from the seed, on any number of threads.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "sched/stages/presets.h"
#include "sched/twin/resample.h"
#include "sched/twin/workload.h"

namespace fulcrum::sched {

// MEASURE(name, unit, less_is_better)
enum class Measure : std::size_t {
#define MEASURE(name, unit, less_is_better) name,
#include "sched/twin/measures.def"
#undef MEASURE
};
struct MeasureFacts {
  std::string_view name;
  std::string_view unit;
  bool less_is_better;
};
inline constexpr MeasureFacts kMeasures[] = {
#define MEASURE(name, unit, less_is_better) {#name, unit, less_is_better},
#include "sched/twin/measures.def"
#undef MEASURE
};
inline constexpr std::size_t kMeasureCount = std::size(kMeasures);

using Outcome = std::array<double, kMeasureCount>;  // by Measure
inline double value_of(const Outcome& outcome, Measure measure) {
  return outcome[static_cast<std::size_t>(measure)];
}

struct Scenario {
  std::string name;
  std::string policy_name;  // "adaptive" is the portfolio
  Policy policy;
  ClusterSize size;
  /// Instead of the trace's.
  std::optional<std::vector<TraceQuota>> quotas = std::nullopt;
};

/// A mean over resampled traces and the interval between their 2.5th and 97.5th percentile.
struct Estimate {
  double mean = 0;
  double low = 0;
  double high = 0;
};
BOOST_DESCRIBE_STRUCT(Estimate, (), (mean, low, high))
Estimate estimate_of(std::vector<double> values);

struct ScenarioPlan {
  const Trace* trace = nullptr;
  Prediction prediction = Prediction::kPerfect;
  std::vector<Scenario> scenarios;
  std::uint64_t resamples = 20;  // beside the trace itself, which is number 0
  std::uint64_t seed = 1;
  unsigned threads = 1;
};

/// [number][scenario]; number 0 is the trace itself. Number n also seeds the order of jobs of one
/// moment and place stages that draw, the same for every scenario.
std::vector<std::vector<Outcome>> run_scenarios(const ScenarioPlan& plan);

/// Of one measure over the resamples (over the trace itself where there are none).
Estimate level(const std::vector<std::vector<Outcome>>& outcomes, std::size_t scenario,
               Measure measure);
/// scenario - base, on the same resample each time.
Estimate difference(const std::vector<std::vector<Outcome>>& outcomes, std::size_t scenario,
                    std::size_t base, Measure measure);
/// (scenario - base) / base on the same resample each time; 0 on one where the base is 0.
Estimate relative_difference(const std::vector<std::vector<Outcome>>& outcomes,
                             std::size_t scenario, std::size_t base, Measure measure);

/// What one replay came to. `devices` and the price are the whole cluster's; the money used is at
/// the mean price of a device.
Outcome outcome_of(const Workload& workload, const Replay& run, double devices,
                   double price_usd_per_hour);
/// One scenario on one trace, the portfolio included. The trace is not changed.
Outcome run_scenario(const Scenario& scenario, const Trace& trace, Prediction prediction,
                     std::uint64_t seed);

}  // namespace fulcrum::sched

#pragma once
// Is the forecast of a job's start right? A trace is replayed; at the submission of drawn jobs the
// forecast says when they will start, knowing only what had happened by then; the replay tells
// when they did. The forecasts of the first part teach the correction (conformal.h), those of the
// rest test it.
#include <functional>
#include <string>

#include "sched/twin/forecast.h"
#include "sched/twin/workload.h"

namespace fulcrum::sched {

/// By what past jobs are told apart.
struct Grouping {
  RunLevels levels;
  std::function<std::vector<std::string>(const TraceJob& job)> names;  // one a level
};
/// (user, size, limit), (user, size), user, (size, limit), size, all. A trace without users has
/// its groups for users.
Grouping grouping_of(const Trace& trace);
RunsLike runs_like(const Grouping& grouping, const TraceJob& job, RunTimes& history);

struct CalibrateOptions {
  Prediction prediction = Prediction::kLastTwo;  // what the policy is told; never the truth
  Grouping grouping;
  double train_until_s = 0;     // submissions from here on test
  double learn_from_s = 0;      // until here jobs are remembered and nobody is asked about
  std::uint64_t samples = 500;  // asked about in each part, about
  std::uint64_t most_steps = std::numeric_limits<std::uint64_t>::max();  // then nobody is asked
  std::uint64_t seed = 1;
  ForecastOptions forecast;
};

struct AskedJob {
  std::size_t job = 0;  // of the trace
  double submit_s = 0;
  double devices = 0;
  double waited_s = 0;
  WaitQuantiles plain{};    // as the futures say
  WaitQuantiles fixed{};    // corrected by what the first part taught
  WaitQuantiles rolling{};  // corrected by whatever was known at the submission
  bool at_once() const { return plain.back() == 0; }  // in every future
};

struct Calibration {
  Conformal learnt;              // of the first part: whoever had started by its end
  Conformal all;                 // of everybody
  std::uint64_t unfinished = 0;  // asked about in the first part, still waiting at its end
  std::vector<AskedJob> tested;  // by submission
};
Calibration calibrate(const Trace& trace, const ClusterSize& size, const Policy& policy,
                      const CalibrateOptions& options);

}  // namespace fulcrum::sched

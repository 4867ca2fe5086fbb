#pragma once
// When a waiting job may start: the scheduler itself runs forward from the present, many times,
// each time with run times drawn from history and with the jobs of some past days coming again. In
// one future all jobs of a narrowest group draw alike: what one user submits today is alike, and
// drawn each for itself their differences would cancel out, as they do not in truth. Pure. What the
// spread of these futures is worth is measured in calibrate.h.
#include <span>

#include "sched/twin/conformal.h"
#include "sched/twin/memory.h"
#include "sched/twin/present.h"

namespace fulcrum::sched {

/// On which futures are played.
class World {
 public:
  virtual ~World() = default;
  /// The present anew; valid until the next call. The same jobs have the same numbers each time.
  virtual Brain& renew() = 0;
  /// The like of a job of the memory comes.
  virtual JobIndex comes(std::size_t past, double now_s) = 0;
};

/// A job that runs or waits.
struct OpenRun {
  RunsLike like;
  double kept_s = 0;  // of earlier starts
};

struct ForecastOptions {
  std::uint32_t draws = 20;
  std::uint64_t seed = 1;
  double past_s = 14 * 86400.0;     // how far back days are taken from
  double horizon_s = 90 * 86400.0;  // who has not started by then never does
};

struct Forecast {
  std::vector<double> starts_s;           // from now, ascending, a draw each; infinity: never
  std::uint64_t jobs_before = 0;          // median of starts before it
  std::vector<std::uint64_t> drawn_from;  // run times, by RunTimes level
  std::uint64_t steps = 0;                // starts and submissions played
  WaitQuantiles quantiles() const;
};

struct Question {
  JobIndex target = kNoJob;  // waits; by the world's numbers, as all here
  Policy policy;
  std::span<const RunningJob> running;
  std::span<const OpenRun> open;  // by number
  std::size_t past = 0;           // so many first jobs of the memory come again; 0: nobody comes
  double now_s = 0;
};

/// Whether who comes later can delay who waits.
bool may_be_overtaken(const Policy& policy);
/// Deterministic in the seed.
Forecast forecast(World& world, const Question& question, const Memory& memory,
                  const ForecastOptions& options);

}  // namespace fulcrum::sched

#pragma once
// Other traces that could have been: a moving-block bootstrap of the arrivals (Künsch, "The
// jackknife and the bootstrap for general stationary observations", Annals of Statistics 1989).
// Time is cut into blocks; each block of the new trace is a stretch of the old one that begins at a
// drawn day, so that bursts, sessions and the hours of the day stay whole (the seasonal form of
// Politis, "Resampling time series with seasonal components", 2001). Jobs keep their sizes,
// durations and owners. Two limits: users do not react to the waiting they get (Zakay and
// Feitelson, "Preserving user behavior characteristics in trace-based simulation", 2014), and days
// near the trace's ends are drawn less often than the others.
#include <boost/describe/class.hpp>

#include "sched/trace/trace.h"

namespace fulcrum::sched {

struct Blocks {
  double begin_s = 0;  // a whole number of grids where the grid is a day
  double span_s = 0;   // of the new trace, as of the old
  double block_s = 0;  // length of a block
  double grid_s = 0;   // blocks begin at its multiples after begin_s
};
BOOST_DESCRIBE_STRUCT(Blocks, (), (begin_s, span_s, block_s, grid_s))

/// Weeks from a trace of four weeks or more, days from four days or more, both on whole days; an
/// eighth of a shorter one, at any second.
Blocks blocks_of(const Trace& trace);

/// Number 0 is the trace itself; the others depend on (seed, number) only. Sorted as a reader
/// would. May hold fewer or more jobs than the trace; where nothing was drawn, the trace itself.
Trace resample(const Trace& trace, const Blocks& blocks, std::uint64_t seed, std::uint64_t number);

}  // namespace fulcrum::sched

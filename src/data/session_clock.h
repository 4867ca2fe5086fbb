#pragma once
// Whether the session's own clock bears out how long a row says it took.
#include <cstdint>
#include <vector>

#include "data/clean_rules.h"

namespace fulcrum::data {

enum class ClockSays : std::uint8_t {
  kNothing,      // the session's last row, or one before a pause
  kBorneOut,     // the next click came when the time was over
  kContradicted  // the next click came sooner
};

/// Of one duration, and the time until the session's next click.
ClockSays clock_says(double dwell_s, double until_next_s);

/// One entry a row, by the rows that were not dropped. Without the roles `session` and `dwell_s`
/// every entry is kNothing.
std::vector<ClockSays> session_clock(const CleanWork& work);

}  // namespace fulcrum::data

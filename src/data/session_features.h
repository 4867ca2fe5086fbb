#pragma once
// What a session's clicks tell about who clicked. Pure functions.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::data {

struct SessionClicks {
  std::vector<std::int64_t> times_us;     // ascending
  std::vector<double> dwells_s;           // of the clicks that have one
  std::vector<std::uint32_t> item_ranks;  // place of each item in the catalogue's natural order
  std::string agent;
};

/// Each in the unit in which sessions are compared; NaN where the session is too short to tell.
struct SessionFeatures {
  double size = 0;  // clicks
  double log_size = 0;
  double log_gap = 0;           // median of log seconds between clicks
  double gap_spread = 0;        // log of the standard deviation of log gaps
  double gap_spread_error = 0;  // its sampling error, 1 / sqrt(2 (n - 1))
  double dwell_spread = 0;      // as gap_spread, of dwell times
  double dwell_spread_error = 0;
  double log_dwell = 0;   // median
  double walk = 0;        // share of steps to a neighbour in the catalogue's order
  double steps = 0;       // how many steps that is a share of
  double fresh = 0;       // share of clicks on items not clicked before
  bool declared = false;  // the agent says that it is a program
};
SessionFeatures features_of(const SessionClicks& clicks);

/// "Googlebot/2.1", "python-requests/2.31", "HeadlessChrome"…
bool declares_program(std::string_view agent);

/// Orders ids as people count: "i2" before "i10".
bool natural_less(std::string_view a, std::string_view b);

}  // namespace fulcrum::data

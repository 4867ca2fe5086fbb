#pragma once
// A plan's `cleaning` section. `cleaning: {}` works: roles come from usual names, thresholds from
// the data itself.
#include <boost/describe/class.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::data {

/// Which column plays which part; empty: found by its usual names.
struct FieldRoles {
  std::string user, item, time, event_id, session, event, dwell_s, price, agent;
};
BOOST_DESCRIBE_STRUCT(FieldRoles, (),
                      (user, item, time, event_id, session, event, dwell_s, price, agent))

struct Range {
  std::optional<double> min, max;
};
BOOST_DESCRIBE_STRUCT(Range, (), (min, max))

struct TimeWindow {
  std::string from, to;  // ISO 8601; empty: told from the data
};
BOOST_DESCRIBE_STRUCT(TimeWindow, (), (from, to))

struct CleanSettings {
  FieldRoles fields;
  std::vector<std::string> rules;       // which to run; empty: all
  std::vector<std::string> skip_rules;  // which not to run
  std::vector<std::string> required;    // columns that must hold a value; empty: keys and whatever
                                        // nearly every row has
  std::vector<std::string> optional;    // columns that may be empty whatever the data says
  std::map<std::string, Range> ranges;  // by column
  TimeWindow window;
  std::vector<std::string> free_text;  // columns searched for personal data; empty: told by looks
  std::map<std::string, std::string>
      references;                     // column -> input ("item": "items"); empty: by role
  double bot_score = 1.0;             // a session at or above is a bot
  double half_life_days = 30;         // for timeliness
  std::string as_of;                  // ISO 8601; empty: the newest event
  std::int64_t expected_records = 0;  // for completeness; 0: what was read
  std::int64_t samples = 20;          // kept per rule
};
BOOST_DESCRIBE_STRUCT(CleanSettings, (),
                      (fields, rules, skip_rules, required, optional, ranges, window, free_text,
                       references, bot_score, half_life_days, as_of, expected_records, samples))

/// Errors carry the path under "cleaning".
base::Result<CleanSettings> read_clean_settings(const base::json::value& settings);

}  // namespace fulcrum::data

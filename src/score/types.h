#pragma once
// Queries over the scores.
#include <boost/describe/class.hpp>
#include <cstdint>
#include <string>

namespace fulcrum::score {

/// `why` walks each factor down to its events. `as_of_us` 0: the time of the last event.
struct ShowScores {
  std::string name;  // empty: all five
  bool why = false;
  std::string dataset;  // for data quality; empty: the one measured last
  std::int64_t as_of_us = 0;
};
BOOST_DESCRIBE_STRUCT(ShowScores, (), (name, why, dataset, as_of_us))

/// What a lead should decide next, most pressing first.
struct NextDecisions {
  unsigned limit = 5;
  std::string dataset;
  std::int64_t as_of_us = 0;
};
BOOST_DESCRIBE_STRUCT(NextDecisions, (), (limit, dataset, as_of_us))

/// Runs each open goal's saved query and sets its number against the target.
struct CheckGoals {
  std::string goal;   // empty: all
  std::string owner;  // empty: all
};
BOOST_DESCRIBE_STRUCT(CheckGoals, (), (goal, owner))

/// Requirement → gate → test → canary over all pillars: a canary covers only once it was promoted.
struct ShowCoverage {
  std::string product;  // empty: all
};
BOOST_DESCRIBE_STRUCT(ShowCoverage, (), (product))

}  // namespace fulcrum::score

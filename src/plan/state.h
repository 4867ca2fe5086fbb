#pragma once
#include <boost/describe/class.hpp>
#include <map>
#include <string>

namespace fulcrum::plan {

struct OpenRun {
  std::string plan;
  std::map<std::string, std::string> steps;  // id -> state
  bool refresh = false;
};
BOOST_DESCRIBE_STRUCT(OpenRun, (), (plan, steps, refresh))

/// Runs that have not ended; ended ones live in the read models.
struct State {
  std::map<std::string, OpenRun> open;
};
BOOST_DESCRIBE_STRUCT(State, (), (open))

}  // namespace fulcrum::plan

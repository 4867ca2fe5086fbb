#pragma once
#include <boost/describe/class.hpp>
#include <map>
#include <string>

namespace fulcrum::train {

/// What train decisions need to know: which runs are recorded already. Chunks of telemetry, one and
/// more for every job, are in the table train_samples alone.
struct State {
  std::map<std::string, std::string> runs;  // id -> digest of its facts
};
BOOST_DESCRIBE_STRUCT(State, (), (runs))

}  // namespace fulcrum::train

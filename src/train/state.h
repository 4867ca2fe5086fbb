#pragma once
#include <boost/describe/class.hpp>
#include <map>
#include <string>

namespace fulcrum::train {

/// What train decisions need to know: which runs and chunks are recorded already.
struct State {
  std::map<std::string, std::string> runs;     // id -> digest of its facts
  std::map<std::string, std::string> samples;  // "stream object" -> sha256
};
BOOST_DESCRIBE_STRUCT(State, (), (runs, samples))

}  // namespace fulcrum::train

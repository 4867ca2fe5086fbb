#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>

namespace fulcrum::team {

/// What team decisions need to know.
struct State {
  std::uint64_t notes = 0;
};
BOOST_DESCRIBE_STRUCT(State, (), (notes))

}  // namespace fulcrum::team

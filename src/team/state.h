#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "team/types.h"

namespace fulcrum::team {

/// What became of an improvement, on real and on simulated evidence.
struct Improvement {
  bool tried = false;
  bool tried_simulated = false;
  bool adopted = false;
  bool adopted_simulated = false;
};
BOOST_DESCRIBE_STRUCT(Improvement, (), (tried, tried_simulated, adopted, adopted_simulated))

struct Member {
  base::Personal name;
  bool has_left = false;
};
BOOST_DESCRIBE_STRUCT(Member, (), (name, has_left))

/// What team decisions need to know.
struct State {
  std::uint64_t notes = 0;
  std::map<std::string, Member> members;  // by id
  std::map<std::string, bool> goals;      // words → open
  std::map<std::string, Improvement> improvements;
  std::map<std::string, double> budgets;  // usd
};
BOOST_DESCRIBE_STRUCT(State, (), (notes, members, goals, improvements, budgets))

}  // namespace fulcrum::team

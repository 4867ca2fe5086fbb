#pragma once
#include <boost/describe/class.hpp>

#include "sched/job.h"
#include "sched/resources.h"

namespace fulcrum::sched {

/// What scheduling decisions need: nodes, and the jobs that have not ended.
struct State {
  std::map<std::string, NodeState> nodes;
  std::map<std::string, OpenJob> jobs;
  std::string policy = "priority";
  std::string place = "best_fit";
  std::int64_t last_us = 0;  // time of the newest event here
};
BOOST_DESCRIBE_STRUCT(State, (), (nodes, jobs, policy, place, last_us))

}  // namespace fulcrum::sched

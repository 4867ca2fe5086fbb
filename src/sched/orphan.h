#pragma once
// Processes of a start that the ledger does not know to run: it ended, or was never there.
#include <boost/describe/class.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fulcrum::sched {

struct Orphan {
  std::string run;  // the executor's name of the start: the job, and ".2" for its second start
  std::string job;
  std::string node;
  std::vector<std::uint32_t> devices;  // that it may use, by index
  std::uint32_t processes = 0;
  std::string reason;  // "ended", "unknown"
  std::int64_t found_us = 0;
  static constexpr std::string_view kRequired[] = {"run", "job"};
};
BOOST_DESCRIBE_STRUCT(Orphan, (), (run, job, node, devices, processes, reason, found_us))

using Orphans = std::map<std::string, Orphan>;  // by run

}  // namespace fulcrum::sched

#pragma once
// `fulcrum sim --format openb`: how much of a cluster a place stage hands out when tasks arrive one
// by one, are placed at once or fail, and never leave.
#include <filesystem>
#include <string>
#include <vector>

#include "cli/session.h"

namespace fulcrum::cli {

struct SimOpenbOptions {
  std::filesystem::path nodes;
  std::filesystem::path trace;
  std::vector<std::string> policies{"fgd"};  // place stages
  double load = 1.3;
  std::uint64_t seed = 42;
  std::uint64_t seeds = 1;           // seed, seed + 1, …
  std::string node_order = "mixed";  // sched::order_openb_nodes
  bool lenient = false;
  std::filesystem::path report;  // empty: none
};

/// Returns the process's exit code.
int sim_openb(const SimOpenbOptions& options, const Session& session);

}  // namespace fulcrum::cli

#pragma once
// `fulcrum sim --cluster`: policies on a trace of rigid jobs.
#include <filesystem>
#include <string>
#include <vector>

#include "cli/session.h"

namespace fulcrum::cli {

struct SimReplayOptions {
  std::string cluster;  // "80x8"
  std::filesystem::path trace;
  std::string format;
  std::vector<std::string> policies{"fifo"};
  std::uint64_t seeds = 1;
  std::string predict = "auto";
  double price_usd_per_hour = 0;  // of a node
  std::filesystem::path report;   // empty: none
  bool lenient = false;
};

/// Returns the process's exit code.
int sim_replay(const SimReplayOptions& options, const Session& session);

}  // namespace fulcrum::cli

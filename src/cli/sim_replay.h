#pragma once
// `fulcrum sim --cluster`: policies on a trace of rigid jobs.
#include <filesystem>
#include <string>
#include <vector>

#include "cli/session.h"
#include "cli/trace_source.h"

namespace fulcrum::cli {

struct SimReplayOptions {
  TraceSource source;
  std::vector<std::string> policies{"fifo"};
  std::uint64_t seeds = 1;
  std::string predict = "auto";
  std::filesystem::path report;  // empty: none
};

/// Returns the process's exit code.
int sim_replay(const SimReplayOptions& options, const Session& session);

}  // namespace fulcrum::cli

#pragma once
// What `fulcrum sim --report` writes for people. Pure: the same runs give the same files.
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "sched/twin/packing.h"
#include "sched/twin/simulation.h"

namespace fulcrum::sched {

struct ReportFile {
  std::string name;
  std::string content;
};

struct ReplayReport {
  std::string trace;    // as the reader knows it: a file's name
  std::string cluster;  // "80x8"
  Prediction prediction = Prediction::kPerfect;
  std::map<std::string, std::size_t> skipped;  // of the trace, by reason
};

/// index.html and an SVG for each plot. The runs are in detail; plots show each policy's first.
/// Fails as the plots.
base::Result<std::vector<ReportFile>> report_of(const ReplayReport& facts,
                                                const std::vector<SimulationRun>& runs);

/// One run of the place-once experiment.
struct PackingLine {
  std::string policy;
  std::uint64_t seed = 0;
  std::vector<std::pair<std::string, double>> allocation_ratio;  // by load; NaN: never reached
  double gpu_unplaced = 0;
  std::uint64_t decisions = 0;
  double seconds = 0;
  std::vector<PackingSample> samples;  // of a policy's first run
};
struct PackingReport {
  std::string nodes, trace;  // files' names
  double load = 1;
};
base::Result<std::vector<ReportFile>> report_of(const PackingReport& facts,
                                                const std::vector<PackingLine>& runs);

}  // namespace fulcrum::sched

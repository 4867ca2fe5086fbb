#pragma once
#include <boost/describe/class.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "release/types.h"

namespace fulcrum::release {

struct VersionState {
  Stage stage = Stage::kCandidate;
  std::string content;  // hash of what was registered
  std::map<std::string, double> metrics;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(VersionState, (), (stage, content, metrics, simulated))

struct ModelState {
  std::map<std::string, VersionState> versions;
  std::string stable;   // empty: none yet
  std::string running;  // id of its running release
};
BOOST_DESCRIBE_STRUCT(ModelState, (), (versions, stable, running))

struct RunningRelease {
  std::string model;
  std::string candidate;
  std::string stable;
  Policy policy;
  bool simulated = false;
  bool offline_replay = false;
  std::int64_t observations = 0;
  ArmCounts stable_counts;
  ArmCounts candidate_counts;
  double elapsed_s = 0;
  std::int64_t judged = 0;  // observations at the last verdict
  std::optional<PairedCounts> paired = {};
};
BOOST_DESCRIBE_STRUCT(RunningRelease, (),
                      (model, candidate, stable, policy, simulated, offline_replay, observations,
                       stable_counts, candidate_counts, elapsed_s, judged, paired))

/// What release decisions need to know.
struct State {
  std::map<std::string, ModelState> models;
  std::map<std::string, RunningRelease> running;
  std::map<std::string, std::string> ended;  // release -> how
};
BOOST_DESCRIBE_STRUCT(State, (), (models, running, ended))

}  // namespace fulcrum::release

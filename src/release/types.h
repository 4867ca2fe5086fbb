#pragma once
// Commands, queries and events of the release pillar.
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "release/policy.h"

namespace fulcrum::release {

/// Where a model version stands. A release moves it: candidate -> canary -> stable, rolled_back or,
/// undecided, candidate again; the stable that was replaced is retired.
enum class Stage { kCandidate, kCanary, kStable, kRetired, kRolledBack };
BOOST_DESCRIBE_ENUM(Stage, kCandidate, kCanary, kStable, kRetired, kRolledBack)

/// Registering the same again changes nothing; the same version with another content is refused.
struct RegisterModel {
  std::string model;                      // "recommender"
  std::string version;                    // unique within the model
  std::string kind;                       // recipe or architecture: "sasrec", "popularity"
  std::vector<std::string> artifacts;     // object ids
  std::map<std::string, double> metrics;  // validation metrics: "ndcg_at_10"
  std::string dataset;                    // dataset version it was trained on
  std::string run;                        // training run
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"model", "version"};
};
BOOST_DESCRIBE_STRUCT(RegisterModel, (),
                      (model, version, kind, artifacts, metrics, dataset, run, simulated))

struct StartRelease {
  std::string release;  // id, chosen by the caller: starting the same again changes nothing
  std::string model;
  std::string candidate;  // version
  std::string stable;     // version; empty: the present stable one. While a model has none, any
                          // version may be named: the better of the two becomes the first stable
  Policy policy;
  bool simulated = false;       // the users are simulated
  bool offline_replay = false;  // rewards of recorded interactions, no live traffic
  static constexpr std::string_view kRequired[] = {"release", "model", "candidate"};
};
BOOST_DESCRIBE_STRUCT(StartRelease, (),
                      (release, model, candidate, stable, policy, simulated, offline_replay))

/// A sealed chunk of the request log from which the counts can be counted again.
struct SampleChunk {
  std::string object;      // its content's SHA-256: object id and proof in one
  std::int64_t count = 0;  // log lines
  std::int64_t bytes = 0;  // compressed
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
  static constexpr std::string_view kRequired[] = {"object", "count"};
};
BOOST_DESCRIBE_STRUCT(SampleChunk, (), (object, count, bytes, first_us, last_us))

/// Cumulative counts since the release began; they may not shrink.
struct ObserveRelease {
  std::string release;
  ArmCounts stable;
  ArmCounts candidate;
  double elapsed_s = 0;                     // time with traffic so far
  std::vector<SampleChunk> chunks;          // sealed since the last observation
  std::optional<PairedCounts> paired = {};  // of an offline replay alone; then it decides
  static constexpr std::string_view kRequired[] = {"release", "stable", "candidate"};
};
BOOST_DESCRIBE_STRUCT(ObserveRelease, (), (release, stable, candidate, elapsed_s, chunks, paired))

/// The verdict follows from the policy and the recorded counts; nobody can pass one in.
struct DecideRelease {
  std::string release;
  bool no_more_data = false;  // the traffic has ended: without a verdict the release ends undecided
  static constexpr std::string_view kRequired[] = {"release"};
};
BOOST_DESCRIBE_STRUCT(DecideRelease, (), (release, no_more_data))

/// For a model without a stable version: the registered version with the best `metric` goes out.
struct ReleaseBaseline {
  std::string release;
  std::string model;
  std::string metric;                 // "ndcg_at_10"
  std::vector<std::string> versions;  // to choose from; empty: every candidate that has the metric
  bool lower_is_better = false;
  static constexpr std::string_view kRequired[] = {"release", "model", "metric"};
};
BOOST_DESCRIBE_STRUCT(ReleaseBaseline, (), (release, model, metric, versions, lower_is_better))

struct AbortRelease {
  std::string release;
  std::string because;
  static constexpr std::string_view kRequired[] = {"release", "because"};
};
BOOST_DESCRIBE_STRUCT(AbortRelease, (), (release, because))

struct ModelRegistered {
  std::string model;
  std::string version;
  std::string kind;
  std::vector<std::string> artifacts;
  std::map<std::string, double> metrics;
  std::string dataset;
  std::string run;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(ModelRegistered, (),
                      (model, version, kind, artifacts, metrics, dataset, run, simulated))

struct ReleaseStarted {
  std::string release;
  std::string model;
  std::string candidate;
  std::string stable;
  Policy policy;
  bool simulated = false;
  bool offline_replay = false;
};
BOOST_DESCRIBE_STRUCT(ReleaseStarted, (),
                      (release, model, candidate, stable, policy, simulated, offline_replay))

struct ReleaseObserved {
  std::string release;
  std::int64_t observation = 0;  // from 1
  ArmCounts stable;
  ArmCounts candidate;
  double elapsed_s = 0;
  std::vector<SampleChunk> chunks;
  bool simulated = false;
  bool offline_replay = false;
  std::optional<PairedCounts> paired = {};
};
BOOST_DESCRIBE_STRUCT(ReleaseObserved, (),
                      (release, observation, stable, candidate, elapsed_s, chunks, simulated,
                       offline_replay, paired))

struct ReleasePromoted {
  std::string release;
  std::string model;
  std::string candidate;
  std::string stable;  // the version that is replaced
  Reason reason = Reason::kCandidateBetter;
  Evidence evidence;
  bool simulated = false;
  bool offline_replay = false;
};
BOOST_DESCRIBE_STRUCT(ReleasePromoted, (),
                      (release, model, candidate, stable, reason, evidence, simulated,
                       offline_replay))

struct ReleaseRolledBack {
  std::string release;
  std::string model;
  std::string candidate;
  std::string stable;
  Reason reason = Reason::kCandidateWorse;
  std::string because;  // a person's words, when stopped by hand
  Evidence evidence;
  bool simulated = false;
  bool offline_replay = false;
};
BOOST_DESCRIBE_STRUCT(ReleaseRolledBack, (),
                      (release, model, candidate, stable, reason, because, evidence, simulated,
                       offline_replay))

struct MoreDataNeeded {
  std::string release;
  std::string model;
  std::string candidate;
  std::string stable;
  Reason reason = Reason::kUndecided;
  bool is_final = false;  // the release ends undecided and the stable stays
  Evidence evidence;
  bool simulated = false;
  bool offline_replay = false;
};
BOOST_DESCRIBE_STRUCT(MoreDataNeeded, (),
                      (release, model, candidate, stable, reason, is_final, evidence, simulated,
                       offline_replay))

struct BaselineReleased {
  std::string release;
  std::string model;
  std::string version;
  std::string metric;
  double value = 0;
  std::map<std::string, double> considered;  // version -> value
  std::string reason;                        // why no canary decided
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(BaselineReleased, (),
                      (release, model, version, metric, value, considered, reason, simulated))

struct ListModels {
  std::string model;  // empty: all
  std::string stage;  // empty: all
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListModels, (), (model, stage, limit))

struct ShowModel {
  std::string model;
  std::string version;  // empty: the stable one
  static constexpr std::string_view kRequired[] = {"model"};
};
BOOST_DESCRIBE_STRUCT(ShowModel, (), (model, version))

struct ListReleases {
  std::string model;   // empty: all
  std::string status;  // running, promoted, rolled_back, undecided, baseline; empty: all
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListReleases, (), (model, status, limit))

struct ShowRelease {
  std::string release;
  unsigned looks = 20;  // newest observations shown
  bool chunks = true;   // with the sealed chunks of its request log
  static constexpr std::string_view kRequired[] = {"release"};
};
BOOST_DESCRIBE_STRUCT(ShowRelease, (), (release, looks, chunks))

struct ForecastRelease {
  Policy policy;
  double base_rate = 0.1;      // the stable's reward rate
  double effect = 0;           // true difference; 0: the policy's minimum detectable effect
  unsigned repetitions = 200;  // at most 1000
};
BOOST_DESCRIBE_STRUCT(ForecastRelease, (), (policy, base_rate, effect, repetitions))

}  // namespace fulcrum::release

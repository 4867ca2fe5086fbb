#pragma once
// Commands, queries and events of the train pillar: what was trained, on what, and how well.
#include <boost/describe/class.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fulcrum::train {

/// A measured figure: 95 % interval, and how many users, requests or repetitions it rests on.
struct Measured {
  double value = 0;
  double low = 0;
  double high = 0;
  std::int64_t n = 0;
  static constexpr std::string_view kRequired[] = {"value", "n"};
};
BOOST_DESCRIBE_STRUCT(Measured, (), (value, low, high, n))

/// One finished training run. Its stream is run/ID.
struct RunFacts {
  std::string run;  // id; empty in the command: one is made
  std::string name;
  std::string plan;
  std::string kind;           // "transformer", "popularity", "item_knn"
  boost::json::value recipe;  // as used, defaults filled in
  std::string dataset;        // name@version, or sha256:… of the interactions
  std::int64_t seed = 0;
  std::map<std::string, Measured> metrics;  // "ndcg_at_10", "item_knn_ndcg_at_10", "p95_ms", …
  std::string model;                        // sha256 of the weights
  std::int64_t parameters = 0;
  unsigned best_epoch = 0;
  unsigned epochs = 0;
  double seconds = 0;     // of training, all attempts
  bool shuffled = false;  // its signal was destroyed on purpose
  bool simulated = false;
  static constexpr std::string_view kRequired[] = {"kind", "dataset", "metrics"};
};
BOOST_DESCRIBE_STRUCT(RunFacts, (),
                      (run, name, plan, kind, recipe, dataset, seed, metrics, model, parameters,
                       best_epoch, epochs, seconds, shuffled, simulated))
using RecordRun = RunFacts;
using RunRecorded = RunFacts;

/// A closed chunk of telemetry: `object` holds the lines, in the objects store.
struct SampleChunk {
  std::string stream;         // what was sampled: "run/ID"
  std::string object;         // object id
  std::int64_t first_us = 0;  // UTC
  std::int64_t last_us = 0;
  std::int64_t count = 0;  // lines
  std::string sha256;      // of the lines; 64 lower-case hexadecimal digits
  static constexpr std::string_view kRequired[] = {"stream",  "object", "first_us",
                                                   "last_us", "count",  "sha256"};
};
BOOST_DESCRIBE_STRUCT(SampleChunk, (), (stream, object, first_us, last_us, count, sha256))
using SealSamples = SampleChunk;
using SamplesSealed = SampleChunk;

struct ListRuns {
  std::string plan;     // empty: all
  std::string dataset;  // empty: all
  unsigned limit = 100;
};
BOOST_DESCRIBE_STRUCT(ListRuns, (), (plan, dataset, limit))

struct ShowRun {
  std::string run;
  static constexpr std::string_view kRequired[] = {"run"};
};
BOOST_DESCRIBE_STRUCT(ShowRun, (), (run))

/// Two or more runs side by side; the first is the reference.
struct CompareRuns {
  std::vector<std::string> runs;
  static constexpr std::string_view kRequired[] = {"runs"};
};
BOOST_DESCRIBE_STRUCT(CompareRuns, (), (runs))

}  // namespace fulcrum::train

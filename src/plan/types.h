#pragma once
// Commands, queries and events of plan runs.
#include <boost/describe/class.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"

namespace fulcrum::plan {

// States of a step: waiting, running, done, failed, refused, need_more_data; of a run: the same
// without waiting.

struct StepName {
  std::string id;
  std::string kind;
  std::string work;
};
BOOST_DESCRIBE_STRUCT(StepName, (), (id, kind, work))

struct StartRun {
  std::string run;
  std::string plan;
  std::string product;
  std::string path;
  std::vector<StepName> steps;
  bool refresh = false;  // sources are fetched again
  static constexpr std::string_view kRequired[] = {"run", "plan", "steps"};
};
BOOST_DESCRIBE_STRUCT(StartRun, (), (run, plan, product, path, steps, refresh))

struct StartStep {
  std::string run;
  std::string step;
  std::string identity;
  std::string job;  // empty when the work is not a job
  static constexpr std::string_view kRequired[] = {"run", "step", "identity"};
};
BOOST_DESCRIBE_STRUCT(StartStep, (), (run, step, identity, job))

/// One file of a step's output: a path inside the step's folder and its content's id.
struct OutputFile {
  std::string path;
  std::string object;
  std::uint64_t bytes = 0;
};
BOOST_DESCRIBE_STRUCT(OutputFile, (), (path, object, bytes))

struct Output {
  std::string path;    // file or folder, relative to the step's folder
  std::string digest;  // of all its files' paths and contents
  std::vector<OutputFile> files;
};
BOOST_DESCRIBE_STRUCT(Output, (), (path, digest, files))

struct StepFailure {
  std::string code;
  std::string message;
  std::string field;
  std::string fix;
};
BOOST_DESCRIBE_STRUCT(StepFailure, (), (code, message, field, fix))

struct EndStep {
  std::string run;
  std::string step;
  std::string identity;
  std::string state;
  bool cached = false;
  double seconds = 0;
  std::map<std::string, Output> outputs;
  base::json::value report = base::json::object{};
  StepFailure error;
  static constexpr std::string_view kRequired[] = {"run", "step", "identity", "state"};
};
BOOST_DESCRIBE_STRUCT(EndStep, (),
                      (run, step, identity, state, cached, seconds, outputs, report, error))

struct EndRun {
  std::string run;
  std::string state;
  double seconds = 0;
  base::json::value report = base::json::object{};  // what a lead reads: see control/run_report.h
  static constexpr std::string_view kRequired[] = {"run", "state"};
};
BOOST_DESCRIBE_STRUCT(EndRun, (), (run, state, seconds, report))

// Events carry what the commands said.
struct RunStarted : StartRun {};
BOOST_DESCRIBE_STRUCT(RunStarted, (), (run, plan, product, path, steps, refresh))
struct StepStarted : StartStep {};
BOOST_DESCRIBE_STRUCT(StepStarted, (), (run, step, identity, job))
struct StepEnded : EndStep {};
BOOST_DESCRIBE_STRUCT(StepEnded, (),
                      (run, step, identity, state, cached, seconds, outputs, report, error))
struct RunEnded : EndRun {};
BOOST_DESCRIBE_STRUCT(RunEnded, (), (run, state, seconds, report))

struct ListRuns {
  unsigned limit = 50;
};
BOOST_DESCRIBE_STRUCT(ListRuns, (), (limit))

struct ShowRun {
  std::string run;  // empty: the newest
};
BOOST_DESCRIBE_STRUCT(ShowRun, (), (run))

struct ShowReport {
  std::string run;  // empty: the newest that ended
};
BOOST_DESCRIBE_STRUCT(ShowReport, (), (run))

struct FindResult {
  std::string identity;
  static constexpr std::string_view kRequired[] = {"identity"};
};
BOOST_DESCRIBE_STRUCT(FindResult, (), (identity))

}  // namespace fulcrum::plan

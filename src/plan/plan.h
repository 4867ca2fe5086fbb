#pragma once
// What a plan says. Sections whose inside belongs to a pillar (a source, the cleaning rules, a
// recipe) stay JSON here and are checked by that pillar's step kind before anything runs.
#include <boost/describe/class.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "plan/document.h"

namespace fulcrum::plan {

struct Product {
  std::string name;
  std::string goal;
  static constexpr std::string_view kRequired[] = {"name"};
};
BOOST_DESCRIBE_STRUCT(Product, (), (name, goal))

struct Requirement {
  std::string id;
  std::string title;
  double weight = 1;
  std::string gate;  // id of the evaluation gate that shows it; empty: an orphan
  std::string due;   // ISO date; empty: due now
  static constexpr std::string_view kRequired[] = {"id", "title"};
};
BOOST_DESCRIBE_STRUCT(Requirement, (), (id, title, weight, gate, due))

/// A program that must live while steps use it: started before the first such step, ended after
/// the run. `port_file` is written by the program once it answers.
struct Service {
  std::vector<std::string> command;
  std::string port_file;
  std::map<std::string, std::string> environment;
  static constexpr std::string_view kRequired[] = {"command", "port_file"};
};
BOOST_DESCRIBE_STRUCT(Service, (), (command, port_file, environment))

/// A command of the user's own that runs as a step; a non-zero exit fails it (3: refused).
struct Check {
  std::string id;
  std::string after;  // step that must be done before
  std::vector<std::string> command;
  static constexpr std::string_view kRequired[] = {"id", "command"};
};
BOOST_DESCRIBE_STRUCT(Check, (), (id, after, command))

struct Labels {
  std::string queue;
  base::json::value sample = base::json::object{};  // settings of data.label_sample
  std::vector<std::string> command;  // who answers, as a program; empty: people do, the step waits
  bool simulated = false;            // the answers come from a simulation
  static constexpr std::string_view kRequired[] = {"queue"};
};
BOOST_DESCRIBE_STRUCT(Labels, (), (queue, sample, command, simulated))

struct Dataset {
  std::string name;
  std::string purpose;
  unsigned retention_days = 0;  // 0: not declared
  static constexpr std::string_view kRequired[] = {"name"};
};
BOOST_DESCRIBE_STRUCT(Dataset, (), (name, purpose, retention_days))

struct Cluster {
  std::string policy = "priority";
  double price_usd_per_hour = 0;                // of one device of this machine
  std::optional<base::json::value> contention;  // settings of sched.compare
};
BOOST_DESCRIBE_STRUCT(Cluster, (), (policy, price_usd_per_hour, contention))

struct Training {
  base::json::value recipe = base::json::object{};
  std::vector<std::string> baselines = {"popularity", "item_knn"};
  std::vector<std::uint64_t> seeds;  // one training each; empty: the plan's seed
  bool shuffle_data = false;         // destroys the order on purpose
  double holdout_users = 0;          // share kept for the canary alone
  std::uint32_t devices = 1;
  double priority = 1;
};
BOOST_DESCRIBE_STRUCT(Training, (),
                      (recipe, baselines, seeds, shuffle_data, holdout_users, devices, priority))

/// Exactly one of above, at_least, at_most.
struct Gate {
  std::string id;
  std::string metric;  // of the trained model: "ndcg_at_10", "p95_ms"
  std::string above;   // a baseline's name: the metric must exceed the baseline's
  std::optional<double> at_least;
  std::optional<double> at_most;
  bool blocking = true;  // false: recorded, but does not stop the release
  static constexpr std::string_view kRequired[] = {"id", "metric"};
};
BOOST_DESCRIBE_STRUCT(Gate, (), (id, metric, above, at_least, at_most, blocking))

struct Evaluation {
  std::vector<Gate> gates;
};
BOOST_DESCRIBE_STRUCT(Evaluation, (), (gates))

struct Traffic {
  std::vector<std::string> command;  // drives requests at ${gateway.url}
  bool offline_replay = false;       // held-out interactions instead of live requests
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(Traffic, (), (command, offline_replay, simulated))

struct Release {
  std::string model;
  std::string stable;  // the other arm: a baseline's name, or "model" (the same model again)
  bool first_release = false;  // nothing runs yet: the other arm is a yardstick, and where the
                               // canary cannot tell, the best validation score goes out
  base::json::value policy = base::json::object{};
  Traffic traffic;
  static constexpr std::string_view kRequired[] = {"model", "stable", "traffic"};
};
BOOST_DESCRIBE_STRUCT(Release, (), (model, stable, first_release, policy, traffic))

/// What a score's factor aims at.
struct Target {
  std::string score;   // "algorithm_performance"
  std::string factor;  // "speed"
  std::string metric;  // what the value is measured in: "p95_ms"
  double value = 0;
  std::optional<double> period_days;
  static constexpr std::string_view kRequired[] = {"score", "factor", "value"};
};
BOOST_DESCRIBE_STRUCT(Target, (), (score, factor, metric, value, period_days))

struct Budget {
  double usd = 0;  // 0: not declared
};
BOOST_DESCRIBE_STRUCT(Budget, (), (usd))

struct Plan {
  int fulcrum = 1;  // format
  std::string plan;
  std::map<std::string, base::json::value> settings;
  Product product;
  std::vector<Requirement> requirements;
  std::map<std::string, Service> services;
  std::map<std::string, base::json::value> sources;
  std::map<std::string, base::json::value> pipelines;
  std::optional<base::json::value> cleaning;
  std::vector<Check> checks;
  std::optional<Labels> labels;
  Dataset dataset;
  Cluster cluster;
  std::optional<Training> training;
  Evaluation evaluation;
  std::optional<Release> release;
  std::vector<Target> scorecard;
  Budget budget;
  static constexpr std::string_view kRequired[] = {"plan", "product", "sources", "dataset"};
};
BOOST_DESCRIBE_STRUCT(Plan, (),
                      (fulcrum, plan, settings, product, requirements, services, sources, pipelines,
                       cleaning, checks, labels, dataset, cluster, training, evaluation, release,
                       scorecard, budget))

/// Decodes and checks what a plan can be wrong about by itself (names that lead nowhere, gates
/// without a bound, unknown variables). Errors are located in the file.
base::Result<Plan> decode_plan(const Document& document);

}  // namespace fulcrum::plan

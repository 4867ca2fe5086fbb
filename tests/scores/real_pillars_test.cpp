// Score against the pillars as they are: every table and column that it reads exists, and what
// the scheduler and the trainer record reaches the factors.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "data/pillar.h"
#include "data/versions/record.h"
#include "product/pillar.h"
#include "release/pillar.h"
#include "sched/pillar.h"
#include "score/pillar.h"
#include "support/pillar_bench.h"
#include "team/pillar.h"
#include "train/pillar.h"
#include "trust/pillar.h"

namespace fulcrum::score {
namespace {

using tests::PillarBench;

PillarBench bench() {
  auto pillars = tests::pillars_of(data::make_pillar(), sched::make_pillar(), train::make_pillar(),
                                   release::make_pillar(), product::make_pillar(),
                                   team::make_pillar(), trust::make_pillar(), make_pillar());
  connect(pillars);
  return PillarBench(std::move(pillars));
}

struct Read {
  const char* table;
  const char* columns;
};
constexpr Read kReads[] = {
    {"data_quality",
     "seq dataset version simulated accuracy accuracy_low accuracy_high accuracy_n "
     "accuracy_simulated completeness relevance timeliness timeliness_simulated"},
    {"release_releases", "release status simulated"},
    {"train_runs", "run kind shuffled simulated facts seq"},
    {"sched_allocations",
     "job simulated device_milli started_us ended_us useful_device_s allocated_device_s cost_usd"},
    {"sched_capacity", "since_us until_us devices simulated"},
    {"sched_jobs", "job priority"},
    {"product_evidence", "score factor metric value low high n method source simulated seq"},
    {"product_targets", "score factor metric value period_days seq"},
    {"product_requirements", "id weight gate due_us accepted accepted_seq dropped seq"},
    {"product_gates", "gate requirement passed simulated seq"},
    {"product_checks", "kind name passed simulated seq"},
    {"product_feedback", "subject request_id rating task_success simulated seq"},
    {"team_improvements", "title simulated tried_us adopted_us seq"},
    {"team_budgets", "budget amount_usd spent_usd spent_simulated_usd seq"},
    {"team_goals", "goal owner due_us query parameters pointer target direction closed seq"},
    {"trust_audit", "seq time_us actor what subject"},
};

TEST(RealPillars, DeclareWhatScoreReads) {
  const auto ledger = bench();
  for (const auto& read : kReads) {
    const auto* spec = ledger.tables().spec(read.table);
    ASSERT_NE(spec, nullptr) << read.table;
    std::set<std::string> names;
    for (const auto& column : spec->columns) names.insert(column.name);
    std::istringstream columns(read.columns);
    for (std::string column; columns >> column;)
      EXPECT_TRUE(names.contains(column)) << read.table << "." << column;
  }
}

TEST(RealPillars, AJobsLifeBecomesResourceEfficiency) {
  auto ledger = bench();
  ledger.ok("node.add", R"({"name":"n1","devices":[{"index":0},{"index":1}],"cpu_milli":8000,
                            "price_usd_per_hour":7.2})");
  ledger.ok("job.submit", R"({"name":"train","priority":3,"command":["true"],
                              "resources":{"gpus":1}})");
  const std::string job = base::get_string(ledger.ask("job.list").at("jobs").at(0), "job");
  ledger.role = ledger::Role::kService;
  ledger.actor = "service/dispatcher";
  ledger.now_us += 100'000'000;
  ledger.ok("job.start", R"({"job":")" + job + R"(","node":"n1","devices":[0]})");
  ledger.now_us += 100'000'000;
  ledger.ok("job.end", R"({"job":")" + job + R"(","attempt":1,"state":"succeeded",
                           "useful_device_s":80})");
  const auto answer = ledger.ask("score.show", R"({"name":"resource_efficiency","why":true})");
  const auto& score = answer.at("scores").at("resource_efficiency");
  const auto& factors = score.at("factors");
  EXPECT_DOUBLE_EQ(base::get_number(factors.at("useful"), "value"), 0.8);
  EXPECT_DOUBLE_EQ(base::get_number(factors.at("allocated"), "value"), 100.0 / 400);
  EXPECT_DOUBLE_EQ(base::get_number(score, "value"), 0.2);
  const auto& cost = factors.at("allocated").at("beside").at("cost");
  EXPECT_DOUBLE_EQ(base::get_number(cost, "cost_priority_resource_time"), 300);
  EXPECT_NEAR(base::get_number(cost, "cost_usd"), 7.2 / 2 * 100 / 3600, 1e-9);
  const auto& trace = factors.at("useful").at("evidence").at(0);
  EXPECT_NE(base::get_string(trace, "event").find("job.ended job/" + job), std::string::npos)
      << base::to_text(trace);
}

TEST(RealPillars, ARunBecomesAlgorithmPerformance) {
  auto ledger = bench();
  ledger.ok("scorecard.declare", R"({"targets":[
      {"score":"algorithm_performance","factor":"accuracy","metric":"ndcg_at_10","value":0.1},
      {"score":"algorithm_performance","factor":"speed","metric":"p95_ms","value":20}]})");
  ledger.ok("run.record", R"({"run":"r1","kind":"transformer","dataset":"shop@1","metrics":{
      "ndcg_at_10":{"value":0.08,"low":0.07,"high":0.09,"n":600},
      "p95_ms":{"value":25,"low":24,"high":26,"n":1000},
      "scalability":{"value":0.9,"low":0.85,"high":0.95,"n":5},
      "robustness":{"value":0.95,"low":0.9,"high":1,"n":600}}})");
  const auto score = ledger.ask("score.show", R"({"name":"algorithm_performance"})")
                         .at("scores")
                         .at("algorithm_performance");
  EXPECT_EQ(score.at("state"), "assessed");
  EXPECT_NEAR(base::get_number(score, "value"), 0.8 * 0.8 * 0.9 * 0.95, 1e-12);
  EXPECT_EQ(score.at("weakest"), "accuracy");
}

/// A version of the data set "shop" with one file, as `dataset.commit` takes it.
base::json::object a_version() {
  data::versions::VersionRecord record;
  record.dataset = "shop";
  record.files = 1;
  record.records = 10;
  data::versions::ContentHash content;
  content.add("a.csv", std::string(64, 'b'));
  record.content = content.finish();
  const std::string text = data::versions::encode_record(record);
  return {{"dataset", "shop"},
          {"version", data::versions::version_name(text)},
          {"record", text},
          {"files", base::json::array{base::json::object{
                        {"path", "a.csv"}, {"object", std::string(64, 'b')}, {"records", 10}}}}};
}

TEST(RealPillars, ARecordedQualityBecomesDataQuality) {
  auto ledger = bench();
  base::json::object commit = a_version();
  commit["quality"] =
      base::parse_json(R"({"completeness":{"value":0.9,"low":0.88,"high":0.92,"n":1000},
                 "relevance":{"value":0.8,"n":100},
                 "timeliness":{"value":0.5,"low":0.5,"high":0.5,"n":10}})",
                       "quality")
          .value();
  ledger.ok("dataset.commit", base::to_text(commit));
  ledger.ok("quality.record", R"({"dataset":"shop","quality":{
      "accuracy":{"value":0.95,"low":0.94,"high":0.96,"n":400,"simulated":true}}})");
  const auto score =
      ledger.ask("score.show", R"({"name":"data_quality"})").at("scores").at("data_quality");
  EXPECT_NEAR(base::get_number(score, "value"), 0.95 * 0.9 * 0.8 * 0.5, 1e-12);
  EXPECT_EQ(score.at("factors").at("accuracy").at("simulated"), true);
  EXPECT_EQ(score.at("factors").at("completeness").at("simulated"), false);
  EXPECT_NEAR(base::get_number(score.at("factors").at("relevance"), "low"), 0.7112, 1e-3);
  EXPECT_EQ(score.at("weakest"), "timeliness");
}

TEST(RealPillars, ACanaryCoversOnlyOnceItWasPromoted) {
  auto ledger = bench();
  ledger.ok("requirement.add", R"({"id":"R1","title":"Good","gate":"ndcg"})");
  ledger.ok("gate.record", R"({"gate":"ndcg","value":2,"target":1,"passed":true})");
  ledger.ok("test.link", R"({"requirement":"R1","test":"ndcg_test"})");
  ledger.ok("canary.link", R"({"requirement":"R1","release":"rel1"})");
  auto coverage = ledger.ask("requirement.coverage");
  EXPECT_EQ(coverage.at("covered"), 0);
  EXPECT_EQ(coverage.at("requirements").at(0).at("missing"), "promoted canary");
  EXPECT_EQ(coverage.at("requirements").at(0).at("canaries").at(0).at("status"), "unknown");
  ASSERT_NE(ledger.tables().spec("release_releases"), nullptr);
  ASSERT_TRUE(
      ledger.append({{"release/rel1", "release.promoted", R"({"release":"rel1","evidence":{}})"}}));
  coverage = ledger.ask("requirement.coverage");
  EXPECT_EQ(coverage.at("requirements").at(0).at("canaries").at(0).at("status"), "promoted");
  EXPECT_EQ(coverage.at("covered"), 1);
}

}  // namespace
}  // namespace fulcrum::score

// Each factor against a case worked by hand.
#include <gtest/gtest.h>

#include "score/factor.h"
#include "support/score_bench.h"

namespace fulcrum::score {
namespace {

namespace json = base::json;

double number(const json::value& object, const char* key) {
  return base::get_number(object, key, -1);
}

TEST(DataQuality, TakesTheNewestFigureAndItsInterval) {
  ScoreBench ledger;
  EXPECT_EQ(ledger.factor("data_quality", "accuracy").at("state"), "not_assessed");
  ledger.quality("accuracy", 0.5);
  ledger.quality("accuracy", 0.9);
  const auto accuracy = ledger.factor("data_quality", "accuracy");
  EXPECT_DOUBLE_EQ(number(accuracy, "value"), 0.9);
  EXPECT_DOUBLE_EQ(number(accuracy, "low"), 0.85);
  EXPECT_DOUBLE_EQ(number(accuracy, "high"), 0.95);
  EXPECT_EQ(accuracy.at("evidence"), (json::array{2}));
  // evidence.record is the other way in; the newer of the two counts.
  ledger.ok("evidence.record", R"({"score":"data_quality","factor":"accuracy","value":0.8,
                                   "n":400,"method":"judge of planted dirt","source":"run/1"})");
  const auto judged = ledger.factor("data_quality", "accuracy");
  EXPECT_DOUBLE_EQ(number(judged, "value"), 0.8);
  EXPECT_NEAR(number(judged, "low"), 0.7581, 1e-3);  // Wilson, 320 of 400
  EXPECT_EQ(judged.at("evidence"), (json::array{3}));
}

TEST(ResourceEfficiency, IsUsefulOverAllocatedAndAllocatedOverAvailable) {
  ScoreBench ledger;
  ledger.row("sched_capacity",
             R"({"node":"n1","since_us":0,"until_us":0,"devices":4,"simulated":0})");
  ledger.row("sched_jobs", R"({"job":"a","priority":2})");
  ledger.row("sched_jobs", R"({"job":"b","priority":1})");
  ledger.row("sched_allocations",
             R"({"job":"a","attempt":1,"simulated":0,"device_milli":2000,"started_us":1,
                 "ended_us":500000001,"useful_device_s":700,"allocated_device_s":1000,
                 "cost_usd":3})");
  // 1 device since 400 s: 600 device-s until now (1000 s), still running.
  ledger.row("sched_allocations",
             R"({"job":"b","attempt":1,"simulated":0,"device_milli":1000,"started_us":400000000,
                 "ended_us":0})");
  const auto useful = ledger.factor("resource_efficiency", "useful");
  EXPECT_DOUBLE_EQ(number(useful, "value"), 0.7);
  EXPECT_EQ(number(useful, "n"), 1);
  EXPECT_EQ(number(useful, "low"), 0) << "one allocation says nothing of the spread";
  const auto allocated = ledger.factor("resource_efficiency", "allocated");
  EXPECT_DOUBLE_EQ(number(allocated, "value"), 1600.0 / 4000);
  EXPECT_DOUBLE_EQ(number(allocated, "low"), 1600.0 / 4000);
  EXPECT_DOUBLE_EQ(number(allocated.at("beside").at("cost"), "cost_priority_resource_time"),
                   2 * 1000 + 1 * 600);
  EXPECT_DOUBLE_EQ(number(allocated.at("beside").at("cost"), "cost_usd"), 3);
  EXPECT_NEAR(number(ledger.score("resource_efficiency"), "value"), 0.7 * 0.4, 1e-12);
}

std::string run(const std::string& name, const std::string& kind, const std::string& metrics,
                int shuffled = 0) {
  return base::to_text(json::object{{"run", name},
                                    {"kind", kind},
                                    {"shuffled", shuffled},
                                    {"simulated", 0},
                                    {"facts", R"({"metrics":)" + metrics + "}"}});
}

TEST(AlgorithmPerformance, SetsMetricsAgainstTargets) {
  ScoreBench ledger;
  ledger.row("train_runs", run("r1", "transformer",
                               R"({"ndcg_at_10":{"value":0.06,"low":0.05,"high":0.07,"n":600},
                                   "p95_ms":{"value":80,"low":75,"high":90,"n":1000},
                                   "robustness":{"value":0.9,"n":100}})"));
  ledger.row("train_runs", run("r2", "popularity", R"({"ndcg_at_10":{"value":0.01,"n":600}})"));
  ledger.row("train_runs", run("r3", "transformer", R"({"ndcg_at_10":{"value":0.02,"n":600}})", 1));
  // Without targets: the metric itself; speed needs one.
  EXPECT_DOUBLE_EQ(number(ledger.factor("algorithm_performance", "accuracy"), "value"), 0.06);
  EXPECT_EQ(ledger.factor("algorithm_performance", "speed").at("state"), "not_assessed");
  ledger.ok("scorecard.declare", R"({"targets":[
      {"score":"algorithm_performance","factor":"accuracy","metric":"ndcg_at_10","value":0.08},
      {"score":"algorithm_performance","factor":"speed","metric":"p95_ms","value":60}]})");
  const auto accuracy = ledger.factor("algorithm_performance", "accuracy");
  EXPECT_DOUBLE_EQ(number(accuracy, "value"), 0.75);
  EXPECT_DOUBLE_EQ(number(accuracy, "low"), 0.05 / 0.08);
  EXPECT_DOUBLE_EQ(number(accuracy, "high"), 0.07 / 0.08);
  EXPECT_EQ(accuracy.at("target"), "ndcg_at_10 0.08");
  const auto speed = ledger.factor("algorithm_performance", "speed");
  EXPECT_DOUBLE_EQ(number(speed, "value"), 0.75);
  EXPECT_DOUBLE_EQ(number(speed, "low"), 60.0 / 90);  // slow end of the latency is the low end
  EXPECT_DOUBLE_EQ(number(speed, "high"), 60.0 / 75);
  EXPECT_NEAR(number(ledger.factor("algorithm_performance", "robustness"), "low"), 0.8256, 1e-3);
  EXPECT_EQ(ledger.factor("algorithm_performance", "scalability").at("state"), "not_assessed");
  // A newer measurement of the same metric counts.
  ledger.ok("evidence.record", R"({"score":"algorithm_performance","factor":"speed","value":50,
      "metric":"p95_ms","n":5000,"method":"gateway","source":"release/1"})");
  EXPECT_EQ(number(ledger.factor("algorithm_performance", "speed"), "value"), 1);
}

TEST(UserExperience, IsTheLowerBoundOfRatingsAndTasksAndSharesOfChecks) {
  ScoreBench ledger;
  for (int i = 0; i < 10; ++i)
    ledger.ok("feedback.add",
              i < 8 ? R"({"subject":"shop","rating":4})" : R"({"subject":"shop","rating":3})");
  EXPECT_NEAR(number(ledger.factor("user_experience", "usability"), "value"), 0.4902, 1e-4);
  for (int i = 0; i < 10; ++i)
    ledger.ok("feedback.add", R"({"subject":"shop","task_success":true})");
  const auto usability = ledger.factor("user_experience", "usability");
  EXPECT_NEAR(number(usability, "value"), (0.4902 + 0.7225) / 2, 1e-4);
  EXPECT_NEAR(number(usability, "high"), (0.9433 + 1) / 2, 1e-4);
  EXPECT_EQ(number(usability, "n"), 20);
  EXPECT_DOUBLE_EQ(number(ledger.factor("team_performance", "customer_satisfaction"), "value"),
                   0.8);
  ledger.ok("check.record", R"({"kind":"security","name":"headers","passed":true})");
  ledger.ok("check.record", R"({"kind":"security","name":"auth","passed":false})");
  ledger.ok("check.record", R"({"kind":"load","name":"50 rps","passed":true})");
  EXPECT_DOUBLE_EQ(number(ledger.factor("user_experience", "security"), "value"), 0.5);
  EXPECT_DOUBLE_EQ(number(ledger.factor("user_experience", "scalability"), "value"), 1);
  EXPECT_EQ(ledger.factor("user_experience", "accessibility").at("state"), "not_assessed");
}

TEST(TeamPerformance, CountsDueWeightsAdoptionsAndMoney) {
  ScoreBench ledger;
  ledger.ok("requirement.add", R"({"id":"R1","title":"a","weight":3})");
  ledger.ok("requirement.add", R"({"id":"R2","title":"b","weight":1})");
  ledger.ok("requirement.add", R"({"id":"R3","title":"later","weight":9,"due_us":5000000000})");
  ledger.ok("requirement.accept", R"({"requirement":"R1"})");
  const auto success = ledger.factor("team_performance", "project_success");
  EXPECT_DOUBLE_EQ(number(success, "value"), 0.75);
  EXPECT_EQ(number(success, "n"), 2);
  ledger.now_us = 6'000'000'000;
  ledger.ok("note.add", R"({"subject":"x","text":"time goes by"})");
  EXPECT_DOUBLE_EQ(number(ledger.factor("team_performance", "project_success"), "value"), 3.0 / 13);

  EXPECT_EQ(ledger.factor("team_performance", "innovation").at("state"), "not_assessed");
  ledger.ok("scorecard.declare", R"({"targets":[{"score":"team_performance","factor":"innovation",
                                     "value":4,"period_days":10}]})");
  EXPECT_EQ(ledger.factor("team_performance", "innovation").at("state"), "not_assessed");
  ledger.ok("improvement.record", R"({"title":"cache","outcome":"adopted"})");
  ledger.ok("improvement.record", R"({"title":"batching","outcome":"tried"})");
  const auto innovation = ledger.factor("team_performance", "innovation");
  EXPECT_DOUBLE_EQ(number(innovation, "value"), 0.25);
  EXPECT_EQ(number(innovation.at("beside"), "tried"), 2);
  ledger.now_us += 11LL * 86'400'000'000;  // out of the period
  ledger.ok("note.add", R"({"subject":"x","text":"time goes by"})");
  EXPECT_DOUBLE_EQ(number(ledger.factor("team_performance", "innovation"), "value"), 0);

  ledger.ok("budget.set", R"({"budget":"gpu","amount_usd":90})");
  EXPECT_EQ(ledger.factor("team_performance", "cost_effectiveness").at("state"), "not_assessed");
  ledger.ok("budget.spend", R"({"budget":"gpu","amount_usd":120})");
  EXPECT_DOUBLE_EQ(number(ledger.factor("team_performance", "cost_effectiveness"), "value"), 0.75);
}

TEST(Simulated, IsNeverAddedToRealEvidence) {
  ScoreBench ledger;
  for (int i = 0; i < 5; ++i)
    ledger.ok("feedback.add", R"({"subject":"shop","rating":5,"simulated":true})");
  auto satisfaction = ledger.factor("team_performance", "customer_satisfaction");
  EXPECT_EQ(satisfaction.at("simulated"), true);
  EXPECT_EQ(number(satisfaction, "value"), 1);
  EXPECT_EQ(ledger.score("team_performance").at("simulated"), true);
  ledger.ok("feedback.add", R"({"subject":"shop","rating":1})");
  satisfaction = ledger.factor("team_performance", "customer_satisfaction");
  EXPECT_EQ(satisfaction.at("simulated"), false);
  EXPECT_EQ(number(satisfaction, "value"), 0);
  EXPECT_EQ(number(satisfaction, "n"), 1);
  EXPECT_EQ(number(satisfaction.at("simulated_beside"), "value"), 1);
  EXPECT_EQ(number(satisfaction.at("simulated_beside"), "n"), 5);
}

TEST(Simulated, ARequirementMetBySimulationDoesNotCountAsMet) {
  ScoreBench ledger;
  ledger.ok("requirement.add", R"({"id":"R1","title":"a","gate":"canary"})");
  ledger.ok("gate.record",
            R"({"gate":"canary","value":1,"target":1,"passed":true,"simulated":true})");
  ledger.ok("requirement.accept", R"({"requirement":"R1"})");
  EXPECT_EQ(ledger.factor("team_performance", "project_success").at("simulated"), true);
  ledger.ok("requirement.add", R"({"id":"R2","title":"b"})");
  ledger.ok("requirement.accept", R"({"requirement":"R2"})");
  const auto success = ledger.factor("team_performance", "project_success");
  EXPECT_EQ(success.at("simulated"), false);
  EXPECT_DOUBLE_EQ(number(success, "value"), 0.5);
  EXPECT_DOUBLE_EQ(number(success.at("simulated_beside"), "value"), 1);
}

}  // namespace
}  // namespace fulcrum::score

#include <gtest/gtest.h>

#include "product/pillar.h"
#include "support/pillar_bench.h"

namespace fulcrum::product {
namespace {

using tests::PillarBench;
namespace json = base::json;

PillarBench bench() {
  return PillarBench(tests::pillars_of(make_pillar()));
}

TEST(Requirements, TheSameAgainIsNothingAndAChangeOpensItAgain) {
  auto ledger = bench();
  ledger.ok("requirement.add", R"({"id":"R1","title":"Better than popularity"})");
  const auto size = ledger.size();
  ledger.ok("requirement.add", R"({"id":"R1","title":"Better than popularity"})");
  EXPECT_EQ(ledger.size(), size);
  ledger.ok("requirement.accept", R"({"requirement":"R1"})");
  ledger.ok("requirement.add", R"({"id":"R1","title":"Better than item-kNN"})");
  EXPECT_EQ(ledger.ask("requirement.list").at("requirements").at(0).at("accepted"), 0);
}

TEST(Requirements, AGateThatDidNotPassRefusesAcceptance) {
  auto ledger = bench();
  ledger.ok("requirement.add", R"({"id":"R1","title":"Fast","gate":"p95"})");
  EXPECT_EQ(ledger.refusal("requirement.accept", R"({"requirement":"R1"})"), "requirement.gate");
  ledger.ok("gate.record", R"({"gate":"p95","value":80,"target":50,"passed":false})");
  EXPECT_EQ(ledger.refusal("requirement.accept", R"({"requirement":"R1"})"), "requirement.gate");
  ledger.ok("gate.record", R"({"gate":"p95","value":40,"target":50,"passed":true})");
  ledger.ok("requirement.accept", R"({"requirement":"R1"})");
  EXPECT_EQ(ledger.refusal("requirement.accept", R"({"requirement":"R9"})"), "requirement.unknown");
  EXPECT_EQ(ledger.refusal("requirement.add", R"({"id":"R2","title":"x","weight":0})"),
            "requirement.weight");
}

std::string missing_link(const PillarBench& ledger, std::size_t index) {
  const auto answer = ledger.ask("requirement.list");
  return base::get_string(answer.at("requirements").at(index).at("coverage"), "missing");
}

TEST(Coverage, NamesTheFirstMissingLinkAndTheOrphans) {
  auto ledger = bench();
  ledger.ok("requirement.add", R"({"id":"R1","title":"Good","gate":"ndcg"})");
  EXPECT_EQ(missing_link(ledger, 0), "gate record");
  ledger.ok("gate.record", R"({"gate":"ndcg","value":0.1,"target":0.05,"passed":true})");
  EXPECT_EQ(missing_link(ledger, 0), "test");
  ledger.ok("test.link", R"({"requirement":"R1","test":"ndcg_test"})");
  EXPECT_EQ(missing_link(ledger, 0), "canary");
  ledger.ok("canary.link", R"({"requirement":"R1","release":"release/1"})");
  EXPECT_EQ(missing_link(ledger, 0), "");
  ledger.ok("requirement.add", R"({"id":"R2","title":"Cheap"})");
  EXPECT_EQ(missing_link(ledger, 1), "gate");
  ledger.ok("gate.record", R"({"gate":"stray","value":1,"target":1,"passed":true})");
  const auto answer = ledger.ask("requirement.list");
  EXPECT_EQ(answer.at("covered"), 1);
  EXPECT_EQ(answer.at("wanted"), 2);
  EXPECT_EQ(answer.at("orphans").at("requirements_without_gate"), (json::array{"R2"}));
  EXPECT_EQ(answer.at("orphans").at("gates_without_requirement"), (json::array{"stray"}));
  ledger.ok("requirement.drop", R"({"requirement":"R2","reason":"too dear"})");
  EXPECT_EQ(ledger.ask("requirement.list").at("wanted"), 1);
}

TEST(Coverage, ARecordForOneRequirementWinsOverTheCommonOne) {
  auto ledger = bench();
  ledger.ok("requirement.add", R"({"id":"R1","title":"a","gate":"g"})");
  ledger.ok("requirement.add", R"({"id":"R2","title":"b","gate":"g"})");
  ledger.ok("gate.record", R"({"gate":"g","value":1,"target":1,"passed":true})");
  ledger.ok("gate.record",
            R"({"gate":"g","requirement":"R1","value":0,"target":1,"passed":false})");
  const auto answer = ledger.ask("requirement.list");
  EXPECT_EQ(answer.at("requirements").at(0).at("coverage").at("gate_passed"), false);
  EXPECT_EQ(answer.at("requirements").at(1).at("coverage").at("gate_passed"), true);
  EXPECT_EQ(ledger.refusal("requirement.accept", R"({"requirement":"R1"})"), "requirement.gate");
  ledger.ok("requirement.accept", R"({"requirement":"R2"})");
}

TEST(Feedback, IsCheckedAndItsTextIsPersonal) {
  auto ledger = bench();
  EXPECT_EQ(ledger.refusal("feedback.add", R"({"rating":5})"), "feedback.subject");
  EXPECT_EQ(ledger.refusal("feedback.add", R"({"subject":"x","rating":6})"), "feedback.rating");
  EXPECT_EQ(ledger.refusal("feedback.add", R"({"subject":"x"})"), "feedback.empty");
  ledger.ok("feedback.add", R"({"request_id":"q1","rating":4,"text":"call me","by":"member/eve"})");
  const auto answer = ledger.ask("feedback.list", R"({"request_id":"q1"})");
  const auto& one = answer.at("feedback").at(0);
  EXPECT_EQ(one.at("rating"), 4);
  EXPECT_TRUE(one.at("task_success").is_null());
  EXPECT_EQ(one.at("text").at("$personal").at("subject"), "member/eve");
}

TEST(Checks, TheNewestCountsAndSimulatedOnesStandApart) {
  auto ledger = bench();
  ledger.ok("check.record", R"({"kind":"load","name":"100 rps","passed":false})");
  ledger.ok("check.record", R"({"kind":"load","name":"100 rps","passed":true,"value":31})");
  ledger.ok("check.record", R"({"kind":"load","name":"100 rps","passed":false,"simulated":true})");
  const auto answer = ledger.ask("check.list", R"({"kind":"load"})");
  ASSERT_EQ(answer.at("checks").as_array().size(), 2u);
  EXPECT_EQ(answer.at("checks").at(0).at("passed"), 1);
  EXPECT_EQ(ledger.refusal("check.record", R"({"kind":"speed","name":"x","passed":true})"),
            "value.type");
}

TEST(EvidenceRecord, RefusesWhatNoFactorCanBe) {
  auto ledger = bench();
  const auto body = [](const std::string& rest) {
    return R"({"score":"algorithm_performance","factor":"speed","method":"load test",)" + rest +
           "}";
  };
  EXPECT_EQ(ledger.refusal("evidence.record", body(R"("value":1.2)")), "evidence.range");
  EXPECT_EQ(ledger.refusal("evidence.record", body(R"("value":0.5,"low":0.6,"high":0.7)")),
            "evidence.interval");
  ledger.ok("evidence.record", body(R"("value":12.5,"metric":"p95_ms","n":1000)"));
  ledger.ok("evidence.record", body(R"("value":0.5,"low":0.4,"high":0.6)"));
  EXPECT_EQ(ledger.ask("evidence.list").at("evidence").as_array().size(), 2u);
  EXPECT_EQ(
      ledger.refusal("scorecard.declare", R"({"targets":[{"score":"a","factor":"b","value":0}]})"),
      "scorecard.value");
}

}  // namespace
}  // namespace fulcrum::product

#include <gtest/gtest.h>

#include "support/pillar_bench.h"
#include "team/pillar.h"

namespace fulcrum::team {
namespace {

using tests::PillarBench;
namespace json = base::json;

PillarBench bench() {
  return PillarBench(tests::pillars_of(make_pillar()));
}

TEST(Notes, AreListedNewestFirst) {
  auto ledger = bench();
  ledger.ok("note.add", R"({"subject":"job/1","text":"first"})");
  ledger.ok("note.add", R"({"subject":"job/2","text":"second"})");
  const auto notes = ledger.ask("note.list");
  EXPECT_EQ(notes.at("notes").at(0).at("text"), "second");
  EXPECT_EQ(ledger.ask("note.list", R"({"subject":"job/1"})").at("notes").as_array().size(), 1u);
  EXPECT_EQ(ledger.refusal("note.add", R"({"subject":"","text":"x"})"), "note.subject");
}

TEST(Members, HaveNamesSkillsAndAnEnd) {
  auto ledger = bench();
  ledger.ok("member.add",
            R"({"member":"ada","name":"Ada L.","title":"engineer","skills":["C++"]})");
  ledger.ok("member.skill", R"({"member":"ada","skill":"C++","level":5,"evidence":"review/17"})");
  EXPECT_EQ(ledger.refusal("member.skill", R"({"member":"bob","skill":"C++","level":1})"),
            "member.unknown");
  EXPECT_EQ(ledger.refusal("member.skill", R"({"member":"ada","skill":"C++","level":6})"),
            "member.level");
  const auto members = ledger.ask("member.list");
  EXPECT_EQ(members.at("members").at(0).at("name"), "Ada L.");
  EXPECT_EQ(members.at("members").at(0).at("skills").at(0).at("level"), 5);
  ledger.ok("member.leave", R"({"member":"ada"})");
  EXPECT_TRUE(ledger.ask("member.list").at("members").as_array().empty());
  EXPECT_EQ(ledger.ask("member.list", R"({"left":true})").at("members").as_array().size(), 1u);
}

TEST(Members, TheNameIsInNoTable) {
  auto ledger = bench();
  ledger.ok("member.add", R"({"member":"ada","name":"Ada L."})");
  for (const auto& spec : ledger.pillar(0).tables()) {
    const auto rows = ledger.tables().select({.table = spec.name});
    ASSERT_TRUE(rows);
    for (const auto& row : *rows)
      for (const auto& value : row)
        EXPECT_EQ(ledger::as_text(value).find("Ada"), std::string::npos);
  }
}

TEST(Goals, AreStoredAsQueriesAndChecked) {
  auto ledger = bench();
  ledger.ok("goal.add", R"({"goal":"clean data","owner":"member/ada","query":{
      "name":"score.show","parameters":{"name":"data_quality"},
      "pointer":"/scores/data_quality/value","target":0.8}})");
  const auto goals = ledger.ask("goal.list");
  EXPECT_EQ(goals.at("goals").at(0).at("parameters").at("name"), "data_quality");
  EXPECT_EQ(goals.at("goals").at(0).at("direction"), "at_least");
  EXPECT_EQ(
      ledger.refusal("goal.add", R"({"goal":"x","query":{"name":"q","pointer":"a","target":1}})"),
      "goal.pointer");
  ledger.ok("goal.close", R"({"goal":"clean data","met":true})");
  EXPECT_TRUE(ledger.ask("goal.list").at("goals").as_array().empty());
  EXPECT_EQ(ledger.refusal("goal.close", R"({"goal":"y","met":true})"), "goal.unknown");
}

TEST(Improvements, RealAndSimulatedOnesStandApart) {
  auto ledger = bench();
  ledger.ok("improvement.record", R"({"title":"cache","outcome":"tried","simulated":true})");
  ledger.ok("improvement.record", R"({"title":"cache","outcome":"tried"})");
  ledger.now_us += 5;
  ledger.ok("improvement.record", R"({"title":"cache","outcome":"adopted"})");
  const auto size = ledger.size();
  ledger.ok("improvement.record", R"({"title":"cache","outcome":"adopted"})");
  EXPECT_EQ(ledger.size(), size);
  const auto list = ledger.ask("improvement.list");
  ASSERT_EQ(list.at("improvements").as_array().size(), 2u);
  EXPECT_EQ(list.at("improvements").at(0).at("adopted_us"), ledger.now_us);
  EXPECT_EQ(list.at("improvements").at(0).at("tried_us"), ledger.now_us - 5);
  EXPECT_TRUE(list.at("improvements").at(1).at("adopted_us").is_null());
}

TEST(Budgets, AddUpRealAndSimulatedApart) {
  auto ledger = bench();
  EXPECT_EQ(ledger.refusal("budget.spend", R"({"budget":"gpu","amount_usd":1})"), "budget.unknown");
  ledger.ok("budget.set", R"({"budget":"gpu","amount_usd":100})");
  ledger.ok("budget.spend", R"({"budget":"gpu","amount_usd":30,"what":"job/1"})");
  ledger.ok("budget.spend", R"({"budget":"gpu","amount_usd":-5,"what":"refund"})");
  ledger.ok("budget.spend", R"({"budget":"gpu","amount_usd":7,"simulated":true})");
  const auto budget = ledger.ask("budget.list").at("budgets").at(0);
  EXPECT_EQ(budget.at("spent_usd"), 25.0);
  EXPECT_EQ(budget.at("spent_simulated_usd"), 7.0);
}

}  // namespace
}  // namespace fulcrum::team

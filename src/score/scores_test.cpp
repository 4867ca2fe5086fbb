// Products, states, the weakest factor, decisions, goals.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "score/factor.h"
#include "support/score_bench.h"

namespace fulcrum::score {
namespace {

namespace json = base::json;

TEST(Scores, AnEmptyLedgerHasNone) {
  ScoreBench ledger;
  const auto answer = ledger.ask("score.show");
  ASSERT_EQ(answer.at("scores").as_object().size(), 5u);
  for (const auto& score : answer.at("scores").as_object()) {
    EXPECT_EQ(score.value().at("state"), "not_assessed") << score.key();
    EXPECT_TRUE(score.value().at("value").is_null());
    EXPECT_FALSE(base::get_string(score.value(), "next").empty());
    EXPECT_FALSE(base::get_string(score.value(), "weakest").empty());
    for (const auto& factor : score.value().at("factors").as_object()) {
      EXPECT_EQ(factor.value().at("state"), "not_assessed");
      EXPECT_FALSE(base::get_string(factor.value(), "next").empty()) << factor.key();
      EXPECT_FALSE(base::get_string(factor.value(), "definition").empty());
    }
  }
  EXPECT_EQ(ledger.query("score.show", R"({"name":"happiness"})").error().code, "score.unknown");
}

TEST(Scores, TheProductWaitsForTheLastFactor) {
  ScoreBench ledger;
  ledger.quality("accuracy", 0.9);
  ledger.quality("completeness", 0.8);
  ledger.quality("relevance", 0.95);
  auto score = ledger.score("data_quality");
  EXPECT_EQ(score.at("state"), "partial");
  EXPECT_TRUE(score.at("value").is_null());
  EXPECT_EQ(score.at("missing"), (json::array{"timeliness"}));
  EXPECT_EQ(score.at("weakest"), "completeness");
  EXPECT_NE(base::get_string(score, "next").find("timeliness"), std::string::npos);
  ledger.quality("timeliness", 0.5, true);
  score = ledger.score("data_quality");
  EXPECT_EQ(score.at("state"), "assessed");
  EXPECT_NEAR(base::get_number(score, "value"), 0.9 * 0.8 * 0.95 * 0.5, 1e-12);
  EXPECT_NEAR(base::get_number(score, "low"), 0.85 * 0.75 * 0.9 * 0.45, 1e-12);
  EXPECT_NEAR(base::get_number(score, "high"), 0.95 * 0.85 * 1 * 0.55, 1e-12);
  EXPECT_EQ(score.at("weakest"), "timeliness");
  EXPECT_EQ(score.at("simulated"), true);
}

TEST(Scores, WhyWalksDownToTheEvents) {
  ScoreBench ledger;
  ledger.ok("check.record", R"({"kind":"security","name":"auth","passed":false})");
  const auto score = ledger.score("user_experience", true);
  const auto& trace = score.at("factors").at("security").at("evidence").at(0);
  EXPECT_EQ(trace.at("seq"), 1);
  EXPECT_EQ(trace.at("line"), "security check auth: failed");
  EXPECT_EQ(trace.at("event"),
            "1970-01-01T00:16:40.000000Z member/ada check.recorded check/security");
}

TEST(Scores, ATargetThatNoFactorReadsIsShown) {
  ScoreBench ledger;
  ledger.ok("scorecard.declare",
            R"({"targets":[{"score":"user_experience","factor":"speed","value":1}]})");
  EXPECT_EQ(ledger.ask("score.show").at("unknown_targets"), (json::array{"user_experience.speed"}));
}

TEST(Decisions, WhatAScoreLacksComesBeforeWhatIsLow) {
  ScoreBench ledger;
  for (const char* factor : {"accuracy", "completeness", "relevance"})
    ledger.quality(factor, factor[0] == 'r' ? 0.3 : 0.9);
  const auto answer = ledger.ask("score.next", R"({"limit":100})");
  const auto& first = answer.at("decisions").at(0);
  EXPECT_EQ(first.at("score"), "data_quality");
  EXPECT_EQ(first.at("factor"), "timeliness");
  ledger.quality("timeliness", 0.6);
  const auto after = ledger.ask("score.next", R"({"limit":100})");
  EXPECT_EQ(after.at("decisions").as_array().size(), factor_specs().size());
  std::vector<std::string> assessed;
  for (const auto& decision : after.at("decisions").as_array())
    if (decision.at("state") == "assessed")
      assessed.push_back(base::get_string(decision, "factor"));
  ASSERT_EQ(assessed.size(), 4u);
  EXPECT_EQ(assessed[0], "relevance");
  EXPECT_EQ(assessed[1], "timeliness");
}

TEST(Goals, AreCheckedByTheirQueries) {
  ScoreBench ledger;
  const auto add = [&](const std::string& goal, const std::string& query) {
    ledger.ok("goal.add", R"({"goal":")" + goal + R"(","query":)" + query + "}");
  };
  add("accurate", R"({"name":"score.show","parameters":{"name":"data_quality"},
      "pointer":"/scores/data_quality/factors/accuracy/value","target":0.8})");
  add("thrifty", R"({"name":"budget.list","pointer":"/budgets/0/spent_usd","target":50,
      "direction":"at_most"})");
  add("endless", R"({"name":"goal.check","pointer":"/met","target":1})");
  const auto of = [&](const std::string& goal) {
    return ledger.ask("goal.check", base::to_text(json::object{{"goal", goal}})).at("goals").at(0);
  };
  EXPECT_EQ(of("accurate").at("state"), "not_assessed");
  EXPECT_NE(base::get_string(of("endless"), "why").find("query.unknown"), std::string::npos);
  ledger.quality("accuracy", 0.6);
  ledger.ok("budget.set", R"({"budget":"gpu","amount_usd":90})");
  ledger.ok("budget.spend", R"({"budget":"gpu","amount_usd":40})");
  EXPECT_EQ(of("accurate").at("met"), false);
  EXPECT_DOUBLE_EQ(base::get_number(of("accurate"), "progress"), 0.75);
  EXPECT_EQ(of("thrifty").at("met"), true);
  EXPECT_EQ(ledger.ask("goal.check").at("met"), 1);
  ledger.ok("budget.spend", R"({"budget":"gpu","amount_usd":60})");
  EXPECT_EQ(of("thrifty").at("met"), false);
  EXPECT_DOUBLE_EQ(base::get_number(of("thrifty"), "progress"), 0.5);
  EXPECT_EQ(ledger.query("goal.check", R"({"goal":"none"})").error().code, "goal.unknown");
}

/// Any evidence at all: a score exists exactly when every factor does, and is their product.
TEST(Scores, HoldTheirPromisesForAnyEvidence) {
  EXPECT_TRUE(rc::check([] {
    ScoreBench ledger;
    for (const auto& spec : factor_specs()) {
      for (const bool simulated : {false, true}) {
        if (*rc::gen::inRange(0, 10) < 3) continue;
        const double value = *rc::gen::inRange(0, 101) / 100.0;
        ledger.ok("evidence.record", base::to_text(json::object{{"score", spec.score},
                                                                {"factor", spec.name},
                                                                {"value", value},
                                                                {"n", *rc::gen::inRange(0, 500)},
                                                                {"method", "any"},
                                                                {"simulated", simulated}}));
      }
    }
    const auto answer = ledger.ask("score.show");
    for (const auto& entry : answer.at("scores").as_object()) {
      const auto& score = entry.value();
      bool whole = true;
      double product = 1, lowest = 2;
      for (const auto& factor : score.at("factors").as_object()) {
        const bool assessed = factor.value().at("state") == "assessed";
        RC_ASSERT(assessed != factor.value().at("value").is_null());
        whole &= assessed;
        if (!assessed) continue;
        const double value = base::get_number(factor.value(), "value");
        RC_ASSERT(0 <= base::get_number(factor.value(), "low"));
        RC_ASSERT(base::get_number(factor.value(), "low") <= value);
        RC_ASSERT(value <= base::get_number(factor.value(), "high"));
        RC_ASSERT(base::get_number(factor.value(), "high") <= 1);
        product *= value;
        lowest = std::min(lowest, value);
      }
      RC_ASSERT(whole != score.at("value").is_null());
      RC_ASSERT(whole == (score.at("state") == "assessed"));
      if (whole) RC_ASSERT(std::abs(base::get_number(score, "value") - product) < 1e-12);
      if (lowest <= 1) {
        const auto& weakest = score.at("factors").at(base::get_string(score, "weakest"));
        RC_ASSERT(base::get_number(weakest, "value") == lowest);
      }
    }
  }));
}

}  // namespace
}  // namespace fulcrum::score

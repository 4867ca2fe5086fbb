#include "data/tables/checks.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "support/test_tables.h"

namespace fulcrum::data::tables {
namespace {

constexpr std::string_view kEverything = R"({"checks": [
  {"check": "volume", "min": 1, "max": 100},
  {"check": "schema", "kinds": {"a": "integer", "b": "text"}, "closed": true},
  {"check": "nulls", "column": "b", "at_most": 0.1},
  {"check": "unique", "columns": ["a", "b"]},
  {"check": "range", "column": "a", "min": 0, "max": 9},
  {"check": "set", "column": "b", "values": ["x", "y"]},
  {"check": "regex", "column": "b", "pattern": "[xyz]"},
  {"check": "dependency", "columns": ["b"], "determines": "a", "at_most": 0.2},
  {"check": "drift", "column": "a", "psi": 0.2},
  {"check": "freshness", "column": "day", "max_age_days": 2}
]})";

std::vector<CheckSettings> checks_from(std::string_view text) {
  auto checks = parse_checks(*base::parse_json(text, "checks"));
  if (!checks) std::abort();
  return std::move(*checks);
}

Verdict verdict_of(std::string_view check, std::string_view table, std::int64_t now_us = 0) {
  const auto checks = checks_from(fmt::format(R"({{"checks": [{}]}})", check));
  const auto states = observe(checks, table_from(table));
  return judge(checks[0], states[0], {now_us, nullptr});
}

Outcome outcome_of(std::string_view check, std::string_view table) {
  return verdict_of(check, table).outcome;
}

TEST(Checks, EachPassesAndFails) {
  const auto good = Outcome::kPassed, bad = Outcome::kFailed;
  const std::string table = "a,b\n1,x\n2,y\n3,\n2,y\n";
  EXPECT_EQ(outcome_of(R"({"check":"volume","min":4,"max":4})", table), good);
  EXPECT_EQ(outcome_of(R"({"check":"volume","min":5})", table), bad);
  EXPECT_EQ(
      outcome_of(R"({"check":"schema","kinds":{"a":"integer","b":"any"},"closed":true})", table),
      good);
  EXPECT_EQ(outcome_of(R"({"check":"schema","kinds":{"a":"date"}})", table), bad);
  EXPECT_EQ(outcome_of(R"({"check":"schema","kinds":{"q":"any"}})", table), bad);
  EXPECT_EQ(outcome_of(R"({"check":"schema","kinds":{"a":"any"},"closed":true})", table), bad);
  EXPECT_EQ(outcome_of(R"({"check":"nulls","column":"b","at_most":0.25})", table), good);
  EXPECT_EQ(outcome_of(R"({"check":"nulls","column":"b","at_most":0.2})", table), bad);
  EXPECT_EQ(outcome_of(R"({"check":"unique","columns":["a"],"at_most":0.25})", table), good);
  EXPECT_EQ(outcome_of(R"({"check":"unique","columns":["a","b"]})", table), bad);
  EXPECT_EQ(outcome_of(R"({"check":"range","column":"a","min":1,"max":3})", table), good);
  EXPECT_EQ(outcome_of(R"({"check":"range","column":"a","max":2})", table), bad);
  EXPECT_EQ(outcome_of(R"({"check":"set","column":"b","values":["x","y"]})", table), good);
  EXPECT_EQ(outcome_of(R"({"check":"set","column":"b","values":["x"]})", table), bad);
  EXPECT_EQ(outcome_of(R"({"check":"regex","column":"b","pattern":"[a-z]"})", table), good);
  EXPECT_EQ(outcome_of(R"({"check":"regex","column":"a","pattern":"[12]"})", table), bad);
  EXPECT_EQ(outcome_of(R"({"check":"dependency","columns":["a"],"determines":"b"})", table), good);
  EXPECT_EQ(outcome_of(R"({"check":"dependency","columns":["b"],"determines":"a"})",
                       "a,b\n1,x\n2,x\n1,x\n"),
            bad);
  EXPECT_EQ(outcome_of(R"({"check":"range","column":"q","min":1})", table), bad);
}

TEST(Checks, Freshness) {
  const std::string_view check = R"({"check":"freshness","column":"day","max_age_days":2})";
  const std::int64_t now = 1000LL * 86'400'000'000;  // 1972-09-27
  EXPECT_EQ(verdict_of(check, "day\n1972-09-20\n1972-09-26\n", now).outcome, Outcome::kPassed);
  EXPECT_EQ(verdict_of(check, "day\n1972-09-20\n", now).outcome, Outcome::kFailed);
  EXPECT_EQ(verdict_of(check, "day\nsoon\n", now).outcome, Outcome::kFailed);
}

TEST(Checks, References) {
  const TemporaryFile users("id,name\n1,a\n2,b\n");
  auto checks = checks_from(fmt::format(
      R"({{"checks": [{{"check":"reference","column":"user","table":"{}","to":"id"}}]}})",
      std::filesystem::path(users.path()).filename().string()));
  ASSERT_TRUE(load_references(checks, std::filesystem::path(users.path()).parent_path()));
  EXPECT_EQ(judge(checks[0], observe(checks, table_from("user\n1\n2\n1\n"))[0], {}).outcome,
            Outcome::kPassed);
  const auto verdict = judge(checks[0], observe(checks, table_from("user\n1\n3\n"))[0], {});
  EXPECT_EQ(verdict.outcome, Outcome::kFailed);
  EXPECT_THAT(verdict.detail, testing::HasSubstr("such as 3"));
}

std::string random_rows(base::Random& random, std::size_t rows, double shift) {
  std::string text;
  for (std::size_t i = 0; i < rows; ++i)
    text += fmt::format(
        "{:.3f},{},2026-01-{:02}\n", 5 + shift + 2 * random.normal(),
        random.below(4) == 0 ? "" : std::string(1, static_cast<char>('v' + random.below(4))),
        1 + random.below(28));
  return text;
}

TEST(Checks, DriftIsNoticedAndItsAbsenceToo) {
  base::Random random(7);
  const std::string header = "a,b,day\n";
  const auto checks = checks_from(R"({"checks": [{"check":"drift","column":"a","psi":0.1,"ks":0.1},
    {"check":"drift","column":"b","psi":0.1}]})");
  const auto before = observe(checks, table_from(header + random_rows(random, 3000, 0)));
  const auto same = observe(checks, table_from(header + random_rows(random, 3000, 0)));
  const auto moved = observe(checks, table_from(header + random_rows(random, 3000, 1)));
  EXPECT_EQ(judge(checks[0], same[0], {0, &before[0]}).outcome, Outcome::kPassed);
  EXPECT_EQ(judge(checks[1], same[1], {0, &before[1]}).outcome, Outcome::kPassed);
  EXPECT_EQ(judge(checks[0], moved[0], {0, &before[0]}).outcome, Outcome::kFailed);
  EXPECT_EQ(judge(checks[0], moved[0], {0, nullptr}).outcome, Outcome::kNotAssessed);
  EXPECT_NEAR(ks_distance(before[0].histogram, moved[0].histogram), 0.197,
              0.04);  // of N(0,2), N(1,2)
}

/// The states of any parts, merged in any order, are the state of the whole; saved ones as well.
RC_GTEST_PROP(Checks, StatesOfPartsMergeToTheStateOfTheWhole, (std::uint64_t seed)) {
  base::Random random(seed);
  const auto checks = checks_from(kEverything);
  const std::string header = "a,b,day\n";
  std::vector<std::string> parts;
  std::string whole = header;
  for (std::uint64_t i = 0, count = 1 + random.below(4); i < count; ++i) {
    parts.push_back(random_rows(random, random.below(30), 0));
    whole += parts.back();
  }
  std::vector<CheckState> merged(checks.size());
  for (std::size_t i = parts.size(); i-- > 0;) {
    const auto states = observe(checks, table_from(header + parts[i]));
    const auto saved = states_from(to_json(checks, states), checks);
    RC_ASSERT(saved.has_value());
    for (std::size_t k = 0; k < checks.size(); ++k) merged[k].merge((*saved)[k]);
  }
  const auto once = observe(checks, table_from(whole));
  RC_ASSERT(base::to_text(to_json(checks, merged)) == base::to_text(to_json(checks, once)));
  RC_ASSERT(merged == once);
}

TEST(KeySample, ManyKeysAreEstimatedAndStillMergeExactly) {
  KeySample whole, odd, even;
  for (std::uint64_t i = 0; i < 1'500'000; ++i) {
    const std::uint64_t key = stable_hash(std::to_string(i));
    whole.add(key, 0, 1 + (i % 10 == 0));
    (i % 2 ? odd : even).add(key, 0, 1 + (i % 10 == 0));
  }
  EXPECT_GT(whole.level(), 0);
  EXPECT_NEAR(static_cast<double>(whole.distinct_keys()), 1.5e6, 1.5e4);
  EXPECT_NEAR(static_cast<double>(whole.repeated()), 1.5e5, 6e3);
  even.merge(odd);
  EXPECT_TRUE(even == whole);
}

TEST(Checks, MistakesInSettingsAreNamed) {
  const auto code = [](std::string_view text) {
    const auto checks = parse_checks(*base::parse_json(text, "checks"));
    return checks ? std::string("none") : checks.error().code + " " + checks.error().field;
  };
  EXPECT_EQ(code(R"({"checks": [{"check":"volumes"}]})"), "checks.settings checks[0].check");
  EXPECT_EQ(code(R"({"checks": [{"check":"volume"}]})"), "checks.settings checks[0]");
  EXPECT_EQ(code(R"({"checks": [{"check":"regex","column":"a","pattern":"("}]})"),
            "checks.settings checks[0]");
  EXPECT_EQ(code(R"({"checks": [{"check":"nulls","column":"a","at_most":2}]})"),
            "checks.settings checks[0].at_most");
  EXPECT_EQ(code(R"({"checks": [{"check":"nulls","colum":"a"}]})").substr(0, 5), "value");
}

TEST(Checks, ADamagedStateIsAnError) {
  const auto checks = checks_from(R"({"checks": [{"check":"unique","columns":["a"]}]})");
  const auto good = base::to_text(to_json(checks, observe(checks, table_from("a\n1\n2\n"))));
  for (std::size_t at = 0; at < good.size(); at += 3) {
    std::string text = good;
    text[at] = '~';
    const auto value = base::parse_json(text, "state");
    if (value) static_cast<void>(states_from(*value, checks));  // no crash; most are errors
  }
  EXPECT_FALSE(states_from(*base::parse_json("{}", "s"), checks));
}

}  // namespace
}  // namespace fulcrum::data::tables

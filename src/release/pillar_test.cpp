// The pillar over a memory store: commands in, events and tables out.
#include <gtest/gtest.h>

#include "base/hash.h"
#include "ledger/store.h"
#include "release/pillar.h"
#include "release/types.h"

namespace fulcrum::release {
namespace {

namespace json = base::json;

class Ledger {
 public:
  Ledger() { store_ = ledger::open_memory_store({.tables = pillar_->tables(), .sign = {}}); }

  base::Result<ledger::NewEvents> send(std::string_view command, const json::value& body) {
    ledger::Context context;
    context.now_us = 1'000'000 * (1 + static_cast<std::int64_t>(store_->size()));
    context.actor = "service/test";
    auto decided = pillar_->decide(command, body, context);
    if (!decided || decided->empty()) return decided;
    ledger::Commit commit{"command-" + std::to_string(++commands_), "{}", {}};
    std::map<std::string, std::uint64_t> versions;
    for (const auto& fresh : *decided) {
      ledger::Event event;
      event.seq = store_->size() + commit.events.size() + 1;
      event.time_us = context.now_us;
      event.stream = fresh.stream;
      event.version = *store_->stream_version(fresh.stream) + ++versions[fresh.stream];
      event.kind = fresh.kind;
      event.actor = context.actor;
      event.command_id = commit.command_id;
      event.payload = fresh.payload;
      commit.events.push_back(std::move(event));
    }
    const auto status = store_->append(std::span(&commit, 1),
                                       [&](const auto& event, const auto& payload, auto& tables) {
                                         pillar_->project(event, payload, tables);
                                       });
    if (!status) return base::Failure(status.error());
    for (const auto& event : commit.events)
      pillar_->evolve(event, *base::parse_json(event.payload, "payload"));
    return decided;
  }

  /// The kind of the only event of a command; the error's code when it was refused.
  std::string kind(std::string_view command, const json::value& body) {
    const auto events = send(command, body);
    if (!events) return events.error().code;
    return events->empty() ? "nothing" : events->front().kind;
  }
  json::value ask(std::string_view query, const json::value& parameters) {
    auto answer = pillar_->answer(query, parameters, store_->tables());
    return answer ? *answer : json::value(answer.error().code);
  }
  void restart() {
    const json::value saved = pillar_->save();
    pillar_ = make_pillar();
    ASSERT_TRUE(pillar_->restore(saved));
    EXPECT_EQ(base::to_text(pillar_->save()), base::to_text(saved));
  }
  ledger::Store& store() { return *store_; }
  ledger::Pillar& pillar() { return *pillar_; }

 private:
  std::unique_ptr<ledger::Pillar> pillar_ = make_pillar();
  std::unique_ptr<ledger::Store> store_;
  int commands_ = 0;
};

json::object model(const char* version, double ndcg) {
  return {{"model", "shop"},      {"version", version},
          {"kind", "sasrec"},     {"metrics", {{"ndcg_at_10", ndcg}}},
          {"artifacts", {"abc"}}, {"dataset", "d1"},
          {"run", "run/1"}};
}

json::object counts(std::int64_t samples, std::int64_t successes) {
  return {{"requests", samples}, {"samples", samples}, {"successes", successes}};
}

json::object observation(json::object stable, json::object candidate, double elapsed_s = 10) {
  return {{"release", "r1"},
          {"stable", std::move(stable)},
          {"candidate", std::move(candidate)},
          {"elapsed_s", elapsed_s},
          {"chunks", json::array{}}};
}

/// "shop" with v1 stable, v2 a candidate.
void prepare(Ledger& ledger) {
  ASSERT_EQ(ledger.kind("model.register", model("v1", 0.2)), "model.registered");
  ASSERT_EQ(
      ledger.kind("release.baseline",
                  json::object{{"release", "r0"}, {"model", "shop"}, {"metric", "ndcg_at_10"}}),
      "release.baseline_released");
  ASSERT_EQ(ledger.kind("model.register", model("v2", 0.3)), "model.registered");
}

json::object start(bool simulated = false) {
  return {{"release", "r1"},
          {"model", "shop"},
          {"candidate", "v2"},
          {"policy", {{"minimum_detectable_effect", 0.03}}},
          {"simulated", simulated}};
}

std::string stage(Ledger& ledger, const char* version) {
  return base::get_string(
      ledger.ask("model.show", json::object{{"model", "shop"}, {"version", version}}), "stage");
}

TEST(Registry, TheSameTwiceIsOnce) {
  Ledger ledger;
  EXPECT_EQ(ledger.kind("model.register", model("v1", 0.2)), "model.registered");
  EXPECT_EQ(ledger.kind("model.register", model("v1", 0.2)), "nothing");
  EXPECT_EQ(ledger.kind("model.register", model("v1", 0.25)), "model.exists");
}

TEST(Baseline, BestValidationScoreGoesOutFirstAndSaysWhy) {
  Ledger ledger;
  for (const auto& [version, ndcg] : {std::pair{"a", 0.2}, {"b", 0.31}, {"c", 0.3}})
    ASSERT_EQ(ledger.kind("model.register", model(version, ndcg)), "model.registered");
  const json::object command{{"release", "r0"}, {"model", "shop"}, {"metric", "ndcg_at_10"}};
  EXPECT_EQ(ledger.kind("release.start",
                        json::object{{"release", "r"}, {"model", "shop"}, {"candidate", "a"}}),
            "release.no_stable");
  ASSERT_EQ(ledger.kind("release.baseline", command), "release.baseline_released");
  EXPECT_EQ(stage(ledger, "b"), "stable");
  EXPECT_EQ(stage(ledger, "c"), "candidate");
  const auto shown = ledger.ask("release.show", json::object{{"release", "r0"}});
  EXPECT_NE(base::get_string(shown, "because").find("no stable version yet"), std::string::npos);
  EXPECT_EQ(base::get_number(*base::find_path(shown, "evidence.considered"), "c"), 0.3);
  EXPECT_EQ(ledger.kind("release.baseline", command), "release.has_stable");
}

TEST(Release, PairsDecideAnOfflineReplayAlone) {
  const auto pairs = [](int wins, int losses) {
    return json::object{{"pairs", 500}, {"wins", wins}, {"losses", losses}};
  };
  json::object look = observation(counts(500, 100), counts(500, 130));
  look["paired"] = pairs(40, 10);
  {
    Ledger live;
    prepare(live);
    ASSERT_EQ(live.kind("release.start", start()), "release.started");
    EXPECT_EQ(live.kind("release.observe", look), "release.paired");
  }
  Ledger ledger;
  prepare(ledger);
  json::object replay = start();
  replay["offline_replay"] = true;
  ASSERT_EQ(ledger.kind("release.start", replay), "release.started");
  look["paired"] = pairs(40, 20);
  EXPECT_EQ(ledger.kind("release.observe", look), "release.counts");
  look["paired"] = pairs(40, 10);
  EXPECT_EQ(ledger.kind("release.observe", look), "release.observed");
  ledger.restart();
  // 100 against 130 of 500 would tell nothing of two halves of users.
  EXPECT_EQ(ledger.kind("release.decide", json::object{{"release", "r1"}}), "release.promoted");
  const auto shown = ledger.ask("release.show", json::object{{"release", "r1"}});
  EXPECT_EQ(base::get_integer(shown, "offline_replay"), 1);
  EXPECT_EQ(base::get_integer(*base::find_path(shown, "evidence"), "paired.wins"), 40);
}

TEST(Release, BetterCandidateBecomesStable) {
  Ledger ledger;
  prepare(ledger);
  ASSERT_EQ(ledger.kind("release.start", start()), "release.started");
  EXPECT_EQ(ledger.kind("release.start", start()), "nothing");
  EXPECT_EQ(stage(ledger, "v2"), "canary");
  ASSERT_EQ(ledger.kind("release.observe", observation(counts(500, 50), counts(500, 65))),
            "release.observed");
  const json::object decide{{"release", "r1"}};
  EXPECT_EQ(ledger.kind("release.decide", decide), "release.more_data_needed");
  EXPECT_EQ(ledger.kind("release.decide", decide), "nothing") << "nothing new was observed";
  ledger.restart();
  ASSERT_EQ(ledger.kind("release.observe", observation(counts(3000, 300), counts(3000, 420), 60)),
            "release.observed");
  ASSERT_EQ(ledger.kind("release.decide", decide), "release.promoted");
  EXPECT_EQ(stage(ledger, "v2"), "stable");
  EXPECT_EQ(stage(ledger, "v1"), "retired");
  EXPECT_EQ(ledger.kind("release.decide", decide), "release.ended");
  const auto shown = ledger.ask("release.show", json::object{{"release", "r1"}});
  EXPECT_EQ(base::get_string(shown, "status"), "promoted");
  EXPECT_EQ(base::get_string(shown, "reason"), "candidate_better");
  EXPECT_GT(base::get_number(shown, "low"), 0);
  EXPECT_EQ(shown.at("looks").as_array().size(), 2u);
  EXPECT_EQ(base::get_integer(shown.at("looks").at(0), "candidate_samples"), 3000);
}

TEST(Release, NobodyCanPassADecisionIn) {
  Ledger ledger;
  prepare(ledger);
  ASSERT_EQ(ledger.kind("release.start", start()), "release.started");
  const auto events =
      ledger.send("release.decide", json::object{{"release", "r1"}, {"outcome", "promote"}});
  ASSERT_FALSE(events);
  EXPECT_EQ(ledger.kind("release.decide", json::object{{"release", "r1"}}),
            "release.more_data_needed");
}

TEST(Release, WorseCandidateIsRolledBackAndStableStays) {
  Ledger ledger;
  prepare(ledger);
  ASSERT_EQ(ledger.kind("release.start", start()), "release.started");
  ASSERT_EQ(ledger.kind("release.observe", observation(counts(3000, 420), counts(3000, 300))),
            "release.observed");
  EXPECT_EQ(ledger.kind("release.decide", json::object{{"release", "r1"}}), "release.rolled_back");
  EXPECT_EQ(stage(ledger, "v2"), "rolled_back");
  EXPECT_EQ(stage(ledger, "v1"), "stable");
}

TEST(Release, AFirstReleaseComparesTwoCandidates) {
  const auto finish = [](Ledger& ledger, std::int64_t stable, std::int64_t candidate) {
    ASSERT_EQ(ledger.kind("model.register", model("v1", 0.2)), "model.registered");
    ASSERT_EQ(ledger.kind("model.register", model("v2", 0.3)), "model.registered");
    auto command = start();
    command["stable"] = "v2";
    EXPECT_EQ(ledger.kind("release.start", command), "release.candidate");
    command["stable"] = "v1";
    ASSERT_EQ(ledger.kind("release.start", command), "release.started");
    ASSERT_EQ(
        ledger.kind("release.observe", observation(counts(3000, stable), counts(3000, candidate))),
        "release.observed");
    ledger.kind("release.decide", json::object{{"release", "r1"}, {"no_more_data", true}});
  };
  Ledger better;
  finish(better, 300, 420);
  EXPECT_EQ(stage(better, "v2"), "stable");
  EXPECT_EQ(stage(better, "v1"), "retired");
  Ledger worse;
  finish(worse, 420, 300);
  EXPECT_EQ(stage(worse, "v2"), "rolled_back");
  EXPECT_EQ(stage(worse, "v1"), "stable");
  EXPECT_EQ(base::get_string(worse.ask("model.show", json::object{{"model", "shop"}}), "version"),
            "v1");
  Ledger equal;
  finish(equal, 300, 300);
  EXPECT_EQ(stage(equal, "v1"), "candidate");
  EXPECT_EQ(stage(equal, "v2"), "candidate");
  EXPECT_EQ(equal.kind("release.baseline", json::object{{"release", "r2"},
                                                        {"model", "shop"},
                                                        {"metric", "ndcg_at_10"},
                                                        {"versions", {"v1", "v2"}}}),
            "release.baseline_released");
  EXPECT_EQ(stage(equal, "v2"), "stable");
}

TEST(Release, EqualModelsEndUndecided) {
  Ledger ledger;
  prepare(ledger);
  ASSERT_EQ(ledger.kind("release.start", start()), "release.started");
  ASSERT_EQ(ledger.kind("release.observe", observation(counts(10'000, 1000), counts(10'000, 1000))),
            "release.observed");
  EXPECT_EQ(ledger.kind("release.decide", json::object{{"release", "r1"}}),
            "release.more_data_needed");
  const auto shown = ledger.ask("release.show", json::object{{"release", "r1"}});
  EXPECT_EQ(base::get_string(shown, "status"), "undecided");
  EXPECT_EQ(base::get_string(shown, "reason"), "sample_cap");
  EXPECT_EQ(stage(ledger, "v1"), "stable");
  EXPECT_EQ(stage(ledger, "v2"), "candidate");
}

TEST(Release, EndsUndecidedWhenNothingMoreComes) {
  Ledger ledger;
  prepare(ledger);
  ASSERT_EQ(ledger.kind("release.start", start()), "release.started");
  ASSERT_EQ(ledger.kind("release.observe", observation(counts(500, 50), counts(500, 55))),
            "release.observed");
  ASSERT_EQ(ledger.kind("release.decide", json::object{{"release", "r1"}, {"no_more_data", true}}),
            "release.more_data_needed");
  const auto shown = ledger.ask("release.show", json::object{{"release", "r1"}});
  EXPECT_EQ(base::get_string(shown, "status"), "undecided");
  EXPECT_EQ(base::get_string(shown, "reason"), "traffic_ended");
  EXPECT_EQ(stage(ledger, "v2"), "candidate");
}

TEST(Release, CountsMayNotShrinkOrContradictThemselves) {
  Ledger ledger;
  prepare(ledger);
  ASSERT_EQ(ledger.kind("release.start", start()), "release.started");
  ASSERT_EQ(ledger.kind("release.observe", observation(counts(100, 10), counts(100, 10))),
            "release.observed");
  EXPECT_EQ(ledger.kind("release.observe", observation(counts(99, 10), counts(100, 10))),
            "release.counts_shrank");
  EXPECT_EQ(ledger.kind("release.observe", observation(counts(100, 101), counts(100, 10))),
            "release.counts");
  EXPECT_EQ(ledger.kind("release.observe", observation(counts(100, 10), counts(100, 10))),
            "nothing");
}

TEST(Release, OneAtATimeAndOnlyKnownVersions) {
  Ledger ledger;
  prepare(ledger);
  auto unknown = start();
  unknown["candidate"] = "v9";
  EXPECT_EQ(ledger.kind("release.start", unknown), "model.unknown");
  auto same = start();
  same["candidate"] = "v1";
  EXPECT_EQ(ledger.kind("release.start", same), "release.candidate");
  auto wrong = start();
  wrong["policy"] = json::object{{"alpha", 2.0}};
  EXPECT_EQ(ledger.kind("release.start", wrong), "policy.range");
  ASSERT_EQ(ledger.kind("release.start", start()), "release.started");
  auto second = start();
  second["release"] = "r2";
  EXPECT_EQ(ledger.kind("release.start", second), "release.running");
  EXPECT_EQ(ledger.kind("release.abort", json::object{{"release", "r1"}, {"because", "outage"}}),
            "release.rolled_back");
  EXPECT_EQ(ledger.kind("release.start", second), "release.started");
}

TEST(Release, SimulatedEvidenceIsMarkedEverywhere) {
  Ledger ledger;
  prepare(ledger);
  ASSERT_EQ(ledger.kind("release.start", start(true)), "release.started");
  auto seen = observation(counts(3000, 300), counts(3000, 420));
  seen["chunks"] = json::array{{{"object", "feed"}, {"count", 12}}};
  ASSERT_EQ(ledger.kind("release.observe", seen), "release.observed");
  ASSERT_EQ(ledger.kind("release.decide", json::object{{"release", "r1"}}), "release.promoted");
  const auto marked = [](const json::value& row, const char* name) {
    return base::get_integer(row, name) == 1;
  };
  const auto shown = ledger.ask("release.show", json::object{{"release", "r1"}});
  EXPECT_TRUE(marked(shown, "simulated"));
  EXPECT_TRUE(marked(shown.at("looks").at(0), "simulated"));
  EXPECT_TRUE(marked(shown.at("chunks").at(0), "simulated"));
  const auto version = ledger.ask("model.show", json::object{{"model", "shop"}});
  EXPECT_EQ(base::get_string(version, "version"), "v2");
  EXPECT_TRUE(marked(version, "stage_simulated"));
  EXPECT_FALSE(marked(version, "simulated"));
}

TEST(Release, TablesRebuildToTheSame) {
  Ledger ledger;
  prepare(ledger);
  ASSERT_EQ(ledger.kind("release.start", start()), "release.started");
  ASSERT_EQ(ledger.kind("release.observe", observation(counts(3000, 300), counts(3000, 420))),
            "release.observed");
  ASSERT_EQ(ledger.kind("release.decide", json::object{{"release", "r1"}}), "release.promoted");
  const auto dump = [&] {
    return base::to_text(ledger.ask("release.list", json::object{})) +
           base::to_text(ledger.ask("model.list", json::object{})) +
           base::to_text(ledger.ask("release.show", json::object{{"release", "r1"}}));
  };
  const std::string before = dump();
  ASSERT_TRUE(
      ledger.store().rebuild_tables([&](const auto& event, const auto& payload, auto& tables) {
        ledger.pillar().project(event, payload, tables);
      }));
  EXPECT_EQ(dump(), before);
}

TEST(Forecast, SaysWhatAPolicyIsWorth) {
  Ledger ledger;
  const auto forecast = ledger.ask(
      "release.forecast",
      json::object{{"policy", {{"minimum_detectable_effect", 0.05}, {"max_samples", 4000}}},
                   {"repetitions", 100}});
  EXPECT_GT(base::get_number(*base::find_path(forecast, "if_effect"), "promoted"), 0.8);
  EXPECT_LE(base::get_number(*base::find_path(forecast, "if_equal"), "promoted"), 0.05);
  EXPECT_GT(base::get_integer(forecast, "expected_samples"), 500);
}

}  // namespace
}  // namespace fulcrum::release

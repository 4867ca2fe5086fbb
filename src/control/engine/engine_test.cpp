#include "control/engine/engine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/hash.h"
#include "ledger/verify.h"
#include "team/pillar.h"
#include "trust/pillar.h"
#include "trust/vault.h"

namespace fulcrum::control {
namespace {

namespace json = base::json;
using ledger::Role;

CommandRequest note(std::string text, std::string key = {}, Role role = Role::kMember) {
  return {"note.add", json::object{{"subject", "job/1"}, {"text", std::move(text)}}, "member/a",
          role, std::move(key)};
}

class EngineTest : public testing::Test {
 protected:
  EngineTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "fulcrum-engine-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) std::abort();
    home_ = pattern;
    options_.seed = 7;
  }
  ~EngineTest() override {
    engine_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
  }

  static std::vector<std::unique_ptr<ledger::Pillar>> pillars() {
    std::vector<std::unique_ptr<ledger::Pillar>> pillars;
    pillars.push_back(team::make_pillar());
    pillars.push_back(trust::make_pillar());
    return pillars;
  }
  static std::vector<ledger::TableSpec> tables() {
    std::vector<ledger::TableSpec> all;
    for (const auto& pillar : pillars())
      all.insert(all.end(), pillar->tables().begin(), pillar->tables().end());
    return all;
  }
  std::unique_ptr<ledger::Store> open_store() {
    auto store = ledger::open_sqlite_store((home_ / "ledger.db").string(), {tables(), {}});
    EXPECT_TRUE(store) << base::describe(store.error());
    return std::move(*store);
  }
  /// Opens, or opens again.
  Engine& open() {
    engine_.reset();
    auto store = open_store();
    auto vault = trust::open_vault(home_ / "keys/root.key", trust::keys_in(*store));
    auto engine = open_engine(pillars(), std::move(store), std::move(*vault), options_);
    EXPECT_TRUE(engine) << base::describe(engine.error());
    engine_ = std::move(*engine);
    return *engine_;
  }
  std::string state() const {
    std::string text;
    for (const char* name : {"team", "trust"})
      engine_->with_pillar(
          name, [&](const ledger::Pillar& pillar) { text += base::to_text(pillar.save()); });
    return text;
  }
  std::string stored_text() const {
    std::string text;
    EXPECT_TRUE(engine_->store().read(1, 0, [&](const ledger::Event& event) {
      text += event.payload + "\n";
      return true;
    }));
    return text;
  }

  std::filesystem::path home_;
  EngineOptions options_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineTest, AcceptsACommandAndAnswersAQuery) {
  auto& engine = open();
  const auto reply = engine.submit(note("hello"));
  ASSERT_TRUE(reply) << base::describe(reply.error());
  EXPECT_EQ(reply->seq, 1u);
  EXPECT_EQ(reply->events, std::vector<std::uint64_t>{1});
  EXPECT_EQ(reply->streams, std::vector<std::string>{"note/job/1"});
  const auto notes = engine.query("note.list", json::object{}, "member/a", Role::kViewer);
  ASSERT_TRUE(notes);
  EXPECT_EQ(notes->at("notes").as_array().size(), 1u);
  EXPECT_EQ(engine.query("note.lost", {}, "member/a", Role::kOwner).error().code, "query.unknown");
}

TEST_F(EngineTest, MistakesChangeNothing) {
  auto& engine = open();
  EXPECT_EQ(engine.submit({"note.lose", {}, "a", Role::kOwner, {}}).error().code,
            "command.unknown");
  EXPECT_EQ(engine.submit(note("", "k")).error().code, "note.text");
  EXPECT_EQ(engine.store().size(), 0u);
  // A rejected command does not use up its key.
  EXPECT_TRUE(engine.submit(note("now with text", "k")));
  EXPECT_EQ(engine.counters().rejected, 2u);
}

TEST_F(EngineTest, AKeyHappensOnce) {
  const auto first = open().submit(note("hello", "k1"));
  for (int restart = 0; restart < 2; ++restart) {
    const auto again = engine_->submit(note("hello", "k1"));
    ASSERT_TRUE(first && again);
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->seq, first->seq);
    EXPECT_EQ(again->events, first->events);
    EXPECT_EQ(again->streams, first->streams);
    EXPECT_EQ(engine_->store().size(), 1u);
    open();
  }
  auto other = note("hello", "k1");
  other.actor = "member/b";
  EXPECT_EQ(engine_->submit(other).error().code, "command.key_reused");
}

TEST_F(EngineTest, AKeyOfARequestIsForTheseVeryWords) {
  auto& engine = open();
  ASSERT_TRUE(engine.submit(note("hello", "k")));
  CommandRequest turned = note("hello", "k");
  turned.body = json::object{{"text", "hello"}, {"subject", "job/1"}};
  EXPECT_TRUE(engine.submit(turned).value_or(CommandReply{}).repeated);  // members in another order
  EXPECT_EQ(engine.submit(note("other words", "k")).error().code, "command.key_reused");
  auto& again = open();  // and after a restart
  EXPECT_EQ(again.submit(note("other words", "k")).error().code, "command.key_reused");
  EXPECT_EQ(again.submit(note("other words", "k")).error().kind, base::ErrorKind::kConflict);
  EXPECT_TRUE(again.submit(turned).value_or(CommandReply{}).repeated);
  CommandRequest deed = note("measured anew", "k");
  deed.key_of = KeyOf::kDeed;
  EXPECT_TRUE(again.submit(deed).value_or(CommandReply{}).repeated);
  EXPECT_EQ(again.store().size(), 1u);
}

TEST_F(EngineTest, AReplyOfAnOlderVersionIsComparedByNameAndActor) {
  const ledger::Event event{1, 1, "note/job/1", 1, "note.added", "member/a", "k", "{}"};
  const ledger::Commit commit{
      "k", R"({"command":"note.add","actor":"member/a","events":1})", {event}};
  ASSERT_TRUE(open_store()->append(std::span(&commit, 1), {}));
  auto& engine = open();
  EXPECT_TRUE(engine.submit(note("any words", "k")).value_or(CommandReply{}).repeated);
}

TEST_F(EngineTest, WhatIsKeptOfABodyTellsNothingAboutAPerson) {
  auto& engine = open();
  const auto add = [](std::string name) {
    return CommandRequest{"member.add", json::object{{"member", "ada"}, {"name", std::move(name)}},
                          "member/a", Role::kOwner, "k"};
  };
  const auto added = engine.submit(add("Ada Byron"));
  ASSERT_TRUE(added) << base::describe(added.error());
  const auto kept = engine.store().find_command("k");
  ASSERT_TRUE(kept && kept->has_value());
  const std::string guess = base::to_canonical_text(add("Ada Byron").body);
  EXPECT_EQ((*kept)->reply.find(base::sha256_hex(guess).substr(0, 16)), std::string::npos);
  EXPECT_EQ(engine.submit(add("Ada King")).error().code, "command.key_reused");
  EXPECT_TRUE(engine.submit(add("Ada Byron")).value_or(CommandReply{}).repeated);

  // Her key went into it: once it is gone, nobody can say any more what the body was.
  ASSERT_TRUE(engine.submit({"subject.erase",
                             json::object{{"subject", "member/ada"}, {"reason", "asked"}},
                             "member/a",
                             Role::kOwner,
                             {}}));
  EXPECT_TRUE(engine.submit(add("Ada King")).value_or(CommandReply{}).repeated);
}

TEST_F(EngineTest, AKeyHappensOnceInsideAGroup) {
  auto& engine = open();
  std::atomic<int> fresh = 0, repeated = 0;
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client)
    clients.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        engine.submit_async(note("text", fmt::format("k{}", i)), [&](auto reply) {
          ASSERT_TRUE(reply);
          ++(reply->repeated ? repeated : fresh);
        });
      }
    });
  for (auto& client : clients) client.join();
  engine_.reset();  // carries out what is queued
  EXPECT_EQ(fresh, 100);
  EXPECT_EQ(repeated, 300);
  EXPECT_EQ(open().store().size(), 100u);
}

TEST_F(EngineTest, ARefusalIsRecorded) {
  auto& engine = open();
  const auto reply = engine.submit(note("hello", "k1", Role::kViewer));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, "permission.denied");
  EXPECT_EQ(base::exit_code(reply.error()), 3);
  EXPECT_EQ(*engine.store().stream_version("audit/member/a"), 1u);
  EXPECT_EQ(stored_text(), "{\"command\":\"note.add\",\"code\":\"permission.denied\"}\n");
  EXPECT_EQ(engine.counters().refused, 1u);
  EXPECT_TRUE(engine.submit(note("hello", "k1")));
}

TEST_F(EngineTest, AReadOfDataLeavesEvidenceAndItsCount) {
  auto& engine = open();
  const auto ask = [&](const char* query, const char* actor) {
    return engine_->query(query, json::object{}, actor, Role::kMember);
  };
  ASSERT_TRUE(ask("note.list", "member/a"));  // management: no trace
  EXPECT_EQ(engine.store().size(), 0u);
  ASSERT_TRUE(ask("member.list", "member/a"));
  EXPECT_EQ(*engine.store().stream_version("audit/member/a"), 1u);  // before the answer
  ASSERT_TRUE(ask("member.list", "member/b"));
  EXPECT_EQ(*engine.store().stream_version("audit/member/b"), 1u);
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(ask("member.list", "member/a"));
  open();  // closing writes what is counted
  std::int64_t counted = 0, events = 0;
  ASSERT_TRUE(engine_->store().read_stream("audit/member/a", [&](const ledger::Event& event) {
    const auto payload = *base::parse_json(event.payload, "event");
    EXPECT_EQ(event.kind, kAccessRecorded);
    EXPECT_EQ(base::get_string(payload, "what"), "member.list");
    EXPECT_LE(base::get_integer(payload, "first_us"), base::get_integer(payload, "last_us"));
    counted += base::get_integer(payload, "count");
    ++events;
    return true;
  }));
  EXPECT_EQ(counted, 501);
  EXPECT_LT(events, 50);
}

TEST_F(EngineTest, CountedReadsAreWrittenWhenTheirWindowEnds) {
  options_.read_window_us = 1000;
  auto& engine = open();
  // Reading the audit is read too, and does not feed itself.
  ASSERT_TRUE(engine.query("audit.list", json::object{}, "member/a", Role::kMember));
  ASSERT_TRUE(engine.record_read("member/a", "ledger.read", "ledger"));
  while (engine.store().size() < 3) {  // some read is the second of a window, at last
    ASSERT_TRUE(engine.query("audit.list", json::object{}, "member/a", Role::kMember));
  }
  const auto audit =
      engine.query("audit.list", json::object{{"what", "read:ledger"}}, "member/a", Role::kMember);
  ASSERT_TRUE(audit);
  const auto& row = audit->at("audit").as_array().at(0);
  EXPECT_EQ(base::get_string(row, "subject"), "ledger");
  EXPECT_EQ(base::get_integer(row, "count"), 1);
}

TEST_F(EngineTest, ADeniedReadIsRecorded) {
  auto& engine = open();
  EXPECT_EQ(engine.query("audit.list", json::object{}, "member/v", Role::kViewer).error().code,
            "permission.denied");
  EXPECT_EQ(stored_text(), "{\"command\":\"audit.list\",\"code\":\"permission.denied\"}\n");
}

TEST_F(EngineTest, AnySnapshotGivesTheSameState) {
  options_.snapshot_every_events = 10;
  auto& engine = open();
  for (int i = 0; i < 37; ++i) ASSERT_TRUE(engine.submit(note(fmt::format("note {}", i))));
  ASSERT_TRUE(engine.submit({"member.add", json::object{{"name", "Ada"}}, "m", Role::kOwner, {}}));
  const std::string expected = state();
  open();
  EXPECT_EQ(state(), expected);
  EXPECT_LT(engine_->counters().replayed, 10u);
  EXPECT_GE(engine_->counters().snapshot_seq, 30u);
  ASSERT_TRUE(engine_->snapshot());
  open();
  EXPECT_EQ(state(), expected);
  EXPECT_EQ(engine_->counters().replayed, 0u);
  const std::string whole = (*engine_->store().snapshot())->body;
  for (const std::string& damaged :
       {std::string("nonsense"), std::string(), whole.substr(0, whole.size() / 2)}) {
    engine_.reset();
    ASSERT_TRUE(open_store()->save_snapshot({20, damaged}));
    open();
    EXPECT_EQ(state(), expected);
    EXPECT_EQ(engine_->counters().replayed, 38u);
    EXPECT_FALSE(engine_->store().snapshot()->has_value());
  }
  engine_.reset();
  ASSERT_TRUE(open_store()->save_snapshot({99, whole}));  // of a future that never was
  open();
  EXPECT_EQ(state(), expected);
}

TEST_F(EngineTest, ASnapshotOfOtherPillarsIsDropped) {
  open();
  ASSERT_TRUE(engine_->submit(note("hello")));
  ASSERT_TRUE(engine_->snapshot());
  engine_.reset();
  std::vector<std::unique_ptr<ledger::Pillar>> fewer;
  fewer.push_back(team::make_pillar());
  auto engine = open_engine(std::move(fewer), open_store(), nullptr, options_);
  ASSERT_TRUE(engine);
  EXPECT_EQ((*engine)->counters().replayed, 1u);
}

TEST_F(EngineTest, PersonalTextsAreSealedAndCanBeErased) {
  auto& engine = open();
  const auto reply =
      engine.submit({"member.add", json::object{{"name", "Ada Lovelace"}}, "m", Role::kOwner, {}});
  ASSERT_TRUE(reply) << base::describe(reply.error());
  EXPECT_EQ(stored_text().find("Ada"), std::string::npos) << stored_text();
  EXPECT_NE(state().find("Ada Lovelace"), std::string::npos);
  ASSERT_TRUE(engine.snapshot());
  open();
  EXPECT_NE(state().find("Ada Lovelace"), std::string::npos);
  const auto root = (*engine_->store().last_checkpoint())->root;

  // The sealed text names its subject.
  const auto payload = *base::parse_json(stored_text(), "event");
  std::string subject;
  for (const auto& member : payload.as_object())
    if (const auto* sealed = base::find_path(member.value(), "$sealed"))
      subject = base::get_string(*sealed, "subject");
  ASSERT_FALSE(subject.empty());
  const auto erased = engine_->submit({"subject.erase",
                                       json::object{{"subject", subject}, {"reason", "asked to"}},
                                       "m",
                                       Role::kOwner,
                                       {}});
  ASSERT_TRUE(erased) << base::describe(erased.error());
  EXPECT_EQ(state().find("Ada"), std::string::npos);
  const std::string expected = state();
  open();  // from the snapshot that was taken while the key was there
  EXPECT_EQ(state(), expected);
  engine_.reset();
  ASSERT_TRUE(open_store()->drop_snapshots());
  open();
  EXPECT_EQ(state(), expected);
  const auto report = ledger::verify(engine_->store());
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->ok) << report->reason;
  EXPECT_EQ((*engine_->store().checkpoints(1, 1))[0].root, root);
}

TEST_F(EngineTest, AClaimedSealIsSeenTheSameLiveAndOnReplay) {
  auto& engine = open();
  ASSERT_TRUE(engine.submit(note(R"({"$sealed":{"subject":"x","nonce":"","text":""}})")));
  ASSERT_TRUE(engine.submit(note(R"("$personal")")));
  const std::string expected = state();
  open();
  EXPECT_EQ(state(), expected);
}

TEST_F(EngineTest, WaitsForEvents) {
  auto& engine = open();
  EXPECT_EQ(engine.wait_for_events(0, 1000), 0u);
  std::thread client([&] { (void)engine.submit(note("hello")); });
  EXPECT_EQ(engine.wait_for_events(0, 60'000'000), 1u);
  client.join();
}

TEST_F(EngineTest, ManyClientsAtOnce) {
  options_.max_group_events = 16;
  options_.snapshot_every_events = 50;
  auto& engine = open();
  std::vector<std::thread> clients;
  for (int client = 0; client < 6; ++client)
    clients.emplace_back([&engine, client] {
      for (int i = 0; i < 60; ++i) {
        ASSERT_TRUE(engine.submit(note(fmt::format("{} {}", client, i))));
        const auto notes = engine.query("note.list", json::object{}, "member/a", Role::kViewer);
        ASSERT_TRUE(notes);
        EXPECT_FALSE(notes->at("notes").as_array().empty());
      }
    });
  for (auto& client : clients) client.join();
  EXPECT_EQ(engine.store().size(), 360u);
  const auto counters = engine.counters();
  EXPECT_EQ(counters.commands, 360u);
  EXPECT_EQ(counters.events, 360u);
  EXPECT_LE(counters.largest_group_events, 16u);
  EXPECT_TRUE((*ledger::verify(engine.store())).ok);
}

TEST_F(EngineTest, StaleReadModelsAreRebuiltWhenItOpens) {
  ASSERT_TRUE(open().submit(note("hello")));
  engine_.reset();
  {
    auto store = open_store();
    ASSERT_TRUE(store->rebuild_tables(
        {[](const ledger::Event&, const json::value&, ledger::TableWriter&) {}}));
    ASSERT_TRUE(store->mark_tables_stale());
  }
  auto& engine = open();
  EXPECT_EQ(*engine.store().tables().count({.table = "team_notes"}), 1u);
  ASSERT_TRUE(engine.rebuild());
  EXPECT_EQ(*engine.store().tables().count({.table = "team_notes"}), 1u);
}

/// Its read model breaks on one kind of command.
class FragilePillar final : public ledger::Pillar {
 public:
  std::string_view name() const override { return "fragile"; }
  const std::vector<ledger::CommandSpec>& commands() const override { return commands_; }
  const std::vector<ledger::QuerySpec>& queries() const override { return queries_; }
  const std::vector<ledger::TableSpec>& tables() const override { return tables_; }
  base::Result<ledger::NewEvents> decide(std::string_view, const json::value& body,
                                         const ledger::Context&) const override {
    return ledger::NewEvents{{"fragile/1", "fragile.hit", base::to_text(body)}};
  }
  void evolve(const ledger::Event&, const json::value&) override { ++hits_; }
  void project(const ledger::Event&, const json::value& payload,
               ledger::TableWriter&) const override {
    if (base::get_bool(payload, "broken")) throw std::runtime_error("no such shape");
  }
  base::Result<json::value> answer(std::string_view, const json::value&,
                                   const ledger::TableReader&) const override {
    return json::value(hits_);
  }
  json::value save() const override { return json::object{{"hits", hits_}}; }
  base::Status restore(const json::value& saved) override {
    hits_ = base::get_integer(saved, "hits");
    return {};
  }

 private:
  std::vector<ledger::CommandSpec> commands_{{"fragile.hit", Role::kMember, "Hit", {}}};
  std::vector<ledger::QuerySpec> queries_{{"fragile.count", Role::kViewer, "Count", {}}};
  std::vector<ledger::TableSpec> tables_;
  std::int64_t hits_ = 0;
};

TEST_F(EngineTest, OneBrokenCommandDoesNotFailItsGroup) {
  std::vector<std::unique_ptr<ledger::Pillar>> fragile;
  fragile.push_back(std::make_unique<FragilePillar>());
  auto engine = *open_engine(std::move(fragile), ledger::open_memory_store({}), nullptr, options_);
  std::atomic<int> accepted = 0, failed = 0;
  for (int i = 0; i < 200; ++i)
    engine->submit_async({"fragile.hit", json::object{{"broken", i % 50 == 7}}, "m", Role::kOwner,
                          fmt::format("k{}", i)},
                         [&](auto reply) {
                           ++(reply ? accepted : failed);
                           if (!reply) {
                             EXPECT_EQ(reply.error().code, "ledger.project");
                           }
                         });
  // Commands are carried out in order, so this one is the last.
  ASSERT_TRUE(engine->submit({"fragile.hit", json::object{}, "m", Role::kOwner, {}}));
  EXPECT_EQ(accepted, 196);
  EXPECT_EQ(failed, 4);
  EXPECT_EQ(engine->store().size(), 197u);
  EXPECT_EQ(*engine->query("fragile.count", {}, "m", Role::kViewer), json::value(197));
}

TEST_F(EngineTest, ASeedAndAClockGiveTheSameLedger) {
  std::vector<base::Digest> roots;
  for (int run = 0; run < 2; ++run) {
    const base::ManualClock clock(1'700'000'000'000'000);
    options_.clock = &clock;
    auto engine =
        open_engine(pillars(), ledger::open_memory_store({tables(), {}}), nullptr, options_);
    ASSERT_TRUE(engine);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE((*engine)->submit(note(fmt::format("note {}", i))));
    roots.push_back((*(*engine)->store().last_checkpoint())->root);
  }
  EXPECT_EQ(roots[0], roots[1]);
}

}  // namespace
}  // namespace fulcrum::control

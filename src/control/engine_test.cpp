#include "control/engine.h"

#include <gtest/gtest.h>

#include "team/pillar.h"

namespace fulcrum::control {
namespace {

namespace json = base::json;

std::unique_ptr<Engine> open_with(std::unique_ptr<ledger::Store> store) {
  std::vector<std::unique_ptr<ledger::Pillar>> pillars;
  pillars.push_back(team::make_pillar());
  auto engine = open_engine(std::move(pillars), std::move(store), nullptr, {});
  EXPECT_TRUE(engine.has_value()) << (engine ? "" : base::describe(engine.error()));
  return engine ? std::move(*engine) : nullptr;
}

std::unique_ptr<ledger::Store> memory() {
  return ledger::open_memory_store({team::make_pillar()->tables(), {}});
}

CommandRequest note(std::string text, std::string key = {},
                    ledger::Role role = ledger::Role::kMember) {
  return {"note.add", json::object{{"subject", "job/1"}, {"text", std::move(text)}}, "member/a",
          role, std::move(key)};
}

TEST(Engine, AcceptsACommandAndAnswersAQuery) {
  auto engine = open_with(memory());
  const auto reply = engine->submit(note("hello"));
  ASSERT_TRUE(reply) << base::describe(reply.error());
  EXPECT_EQ(reply->seq, 1u);
  EXPECT_EQ(reply->streams, std::vector<std::string>{"note/job/1"});
  const auto notes = engine->query("note.list", json::object{}, "member/a", ledger::Role::kViewer);
  ASSERT_TRUE(notes);
  EXPECT_EQ(notes->at("notes").as_array().size(), 1u);
}

TEST(Engine, AKeyHappensOnce) {
  auto engine = open_with(memory());
  const auto first = engine->submit(note("hello", "k1"));
  const auto second = engine->submit(note("hello", "k1"));
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(second->repeated);
  EXPECT_EQ(second->events, first->events);
  EXPECT_EQ(second->streams, first->streams);
  EXPECT_EQ(engine->store().size(), 1u);
}

TEST(Engine, ARefusalIsRecorded) {
  auto engine = open_with(memory());
  const auto reply = engine->submit(note("hello", "k1", ledger::Role::kViewer));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, "permission.denied");
  EXPECT_EQ(engine->store().size(), 1u);
  EXPECT_EQ(*engine->store().stream_version("audit/member/a"), 1u);
}

}  // namespace
}  // namespace fulcrum::control

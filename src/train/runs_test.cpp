// The pillar: runs and telemetry through decide, evolve, project and the queries.
#include <gtest/gtest.h>

#include "base/codec.h"
#include "ledger/store.h"
#include "train/decide.h"
#include "train/pillar.h"

namespace fulcrum::train {
namespace {

namespace json = base::json;

/// A pillar on a memory store, with the engine's order of work.
class Bench {
 public:
  Bench() : pillar_(make_pillar()), store_(ledger::open_memory_store({pillar_->tables(), {}})) {}

  base::Result<std::size_t> submit(const std::string& command, const json::value& body) {
    base::Random random(1);
    const ledger::Context context{1000, "service/runner", ledger::Role::kService, &ids_, &random};
    TRY(const auto events, pillar_->decide(command, body, context));
    if (events.empty()) return std::size_t{0};
    ledger::Commit commit{
        .command_id = "c" + std::to_string(++commands_), .reply = "{}", .events = {}};
    for (const auto& event : events) {
      ledger::Event stored;
      stored.seq = ++seq_;
      stored.time_us = 1000;
      stored.stream = event.stream;
      stored.version = ++versions_[event.stream];
      stored.kind = event.kind;
      stored.actor = "service/runner";
      stored.command_id = commit.command_id;
      stored.payload = event.payload;
      commit.events.push_back(std::move(stored));
    }
    CHECK_OK(
        store_->append({&commit, 1}, [&](const auto& event, const auto& payload, auto& tables) {
          pillar_->project(event, payload, tables);
        }));
    for (const auto& event : commit.events)
      pillar_->evolve(event, *base::parse_json(event.payload, "event"));
    return events.size();
  }

  base::Result<json::value> query(const std::string& name, const json::value& parameters) {
    return pillar_->answer(name, parameters, store_->tables());
  }

 private:
  std::unique_ptr<ledger::Pillar> pillar_;
  std::unique_ptr<ledger::Store> store_;
  base::IdSource ids_{1};
  std::uint64_t seq_ = 0;
  int commands_ = 0;
  std::map<std::string, std::uint64_t> versions_;
};

json::object run(const std::string& id, double ndcg, double lr) {
  return {{"run", id},
          {"plan", "shop"},
          {"kind", "transformer"},
          {"dataset", "clicks@1"},
          {"seed", 1},
          {"seconds", 3.5},
          {"recipe", {{"optimizer", {{"lr", lr}}}, {"epochs", 5}}},
          {"metrics",
           {{"ndcg_at_10",
             {{"value", ndcg}, {"low", ndcg - 0.01}, {"high", ndcg + 0.01}, {"n", 100}}}}}};
}

TEST(Runs, AreListedAndShownWithTheirTelemetry) {
  Bench bench;
  ASSERT_TRUE(bench.submit("run.record", run("a", 0.2, 0.001)));
  const std::string digest(64, 'a');
  for (int time = 0; time < 2; ++time)  // sealed twice it is one chunk
    ASSERT_TRUE(bench.submit("samples.seal", json::object{{"stream", "run/a"},
                                                          {"object", digest},
                                                          {"first_us", 1},
                                                          {"last_us", 9},
                                                          {"count", 5},
                                                          {"sha256", digest}}));
  const auto list = bench.query("run.list", json::object{{"plan", "shop"}});
  ASSERT_TRUE(list) << base::describe(list.error());
  ASSERT_EQ(list->at("runs").as_array().size(), 1u);
  EXPECT_DOUBLE_EQ(base::get_number(list->at("runs").as_array()[0], "ndcg_at_10"), 0.2);
  const auto shown = bench.query("run.show", json::object{{"run", "a"}});
  ASSERT_TRUE(shown) << base::describe(shown.error());
  EXPECT_EQ(shown->at("samples").as_array().size(), 1u);
  EXPECT_DOUBLE_EQ(base::find_path(*shown, "recipe.optimizer.lr")->to_number<double>(), 0.001);
}

TEST(Runs, TheSameRunAgainIsNoNewsAnotherResultIs) {
  Bench bench;
  EXPECT_EQ(*bench.submit("run.record", run("a", 0.2, 0.001)), 1u);
  auto slower = run("a", 0.2, 0.001);
  slower["seconds"] = 99.0;
  EXPECT_EQ(*bench.submit("run.record", slower), 0u);
  EXPECT_EQ(*bench.submit("run.record", run("a", 0.3, 0.001)), 1u);
  const auto list = bench.query("run.list", json::object{});
  EXPECT_EQ(list->at("runs").as_array().size(), 1u);
}

TEST(Runs, CompareShowsWhatDiffersAndWhetherIntervalsTouch) {
  Bench bench;
  ASSERT_TRUE(bench.submit("run.record", run("a", 0.200, 0.001)));
  ASSERT_TRUE(bench.submit("run.record", run("b", 0.215, 0.01)));
  ASSERT_TRUE(bench.submit("run.record", run("c", 0.300, 0.001)));
  const auto compared =
      bench.query("run.compare", json::object{{"runs", json::array{"a", "b", "c"}}});
  ASSERT_TRUE(compared) << base::describe(compared.error());
  const auto& ndcg = compared->at("metrics").at("ndcg_at_10");
  EXPECT_NEAR(ndcg.at("differences").as_array()[1].to_number<double>(), 0.015, 1e-12);
  EXPECT_FALSE(ndcg.at("apart").as_array()[1].as_bool());
  EXPECT_TRUE(ndcg.at("apart").as_array()[2].as_bool());
  EXPECT_TRUE(compared->at("differs").as_object().contains("optimizer.lr"));
  EXPECT_FALSE(compared->at("differs").as_object().contains("epochs"));
}

TEST(Runs, MistakesAreAnswered) {
  Bench bench;
  auto nameless = run("a", 0.2, 0.001);
  nameless["dataset"] = "";
  EXPECT_EQ(bench.submit("run.record", nameless).error().code, "run.dataset");
  const json::object bad{{"stream", "run/a"}, {"object", "x"}, {"first_us", 1},
                         {"last_us", 9},      {"count", 5},    {"sha256", "x"}};
  EXPECT_EQ(bench.submit("samples.seal", bad).error().code, "samples.sha256");
  EXPECT_EQ(bench.query("run.show", json::object{{"run", "none"}}).error().code, "run.unknown");
  EXPECT_EQ(bench.query("run.compare", json::object{{"runs", json::array{json::value("a")}}})
                .error()
                .code,
            "run.compare");
}

}  // namespace
}  // namespace fulcrum::train

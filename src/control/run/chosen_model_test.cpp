#include "control/run/chosen_model.h"

#include <gtest/gtest.h>

#include "control/engine/engine.h"
#include "release/pillar.h"

namespace fulcrum::control {
namespace {

namespace json = base::json;

/// What the ledger says of one model, told by commands.
class Registry : public testing::Test {
 protected:
  Registry() {
    std::vector<std::unique_ptr<ledger::Pillar>> pillars;
    pillars.push_back(release::make_pillar());
    auto tables = pillars.front()->tables();
    engine_ = std::move(*open_engine(std::move(pillars),
                                     ledger::open_memory_store({.tables = tables, .sign = {}}),
                                     nullptr, {.seed = 7}));
    plan_.release = plan::Release{};
    plan_.release->model = "shop";
    step_.kind = "release.canary";
    for (const char* version : {"floor", "mine", "theirs"})
      send("model.register",
           {{"model", "shop"},
            {"version", version},
            {"metrics", {{"validation_ndcg_at_10", version[0] == 'm' ? 0.3 : 0.2}}}});
  }
  void send(const char* name, json::object body) {
    const auto reply = engine_->submit({.name = name,
                                        .body = std::move(body),
                                        .actor = "test",
                                        .role = ledger::Role::kService,
                                        .idempotency_key = std::to_string(++sent_)});
    ASSERT_TRUE(reply) << name << ": " << base::describe(reply.error());
  }
  /// The best of these by validation goes out; nothing may be stable before.
  void let_out(const std::string& release, json::array versions) {
    send("release.baseline", {{"release", release},
                              {"model", "shop"},
                              {"metric", "validation_ndcg_at_10"},
                              {"versions", std::move(versions)}});
  }
  void promote(const std::string& release, const char* candidate, const char* stable) {
    send("release.start",
         {{"release", release}, {"model", "shop"}, {"candidate", candidate}, {"stable", stable}});
    const auto arm = [](int rewards) {
      return json::object{{"requests", 5000}, {"samples", 5000}, {"successes", rewards}};
    };
    send("release.observe", {{"release", release}, {"stable", arm(500)}, {"candidate", arm(2000)}});
    send("release.decide", {{"release", release}});
    const auto shown = engine_->query("model.show", json::object{{"model", "shop"}}, "test",
                                      ledger::Role::kService);
    ASSERT_TRUE(shown);
    ASSERT_EQ(base::get_string(*shown, "version"), candidate) << base::to_text(*shown);
  }
  std::string identity() {
    return identity_in_registry(*engine_, plan_, step_, std::string(64, 'a')).value();
  }
  std::unique_ptr<Engine> engine_;
  plan::Plan plan_;
  plan::Step step_;
  int sent_ = 0;
};

TEST_F(Registry, AVerdictIsKnownUntilSomebodyElseReleases) {
  const std::string first = identity();
  EXPECT_EQ(first, std::string(64, 'a'));  // nothing is stable
  let_out("declared", {"floor"});
  const std::string before = identity();
  EXPECT_NE(before, first);
  promote(canary_release(before), "mine", "floor");
  EXPECT_EQ(identity(), before) << "its own verdict: a second run does nothing";
  promote("another-plans", "theirs", "mine");
  const std::string after = identity();
  EXPECT_NE(after, before) << "the verdict against floor says nothing about theirs";
  EXPECT_EQ(identity(), after);
}

TEST_F(Registry, AFirstReleaseIsKnownToo) {
  const std::string before = identity();
  promote(canary_release(before), "mine", "floor");  // nothing was stable
  EXPECT_EQ(identity(), before);
}

TEST_F(Registry, ABestScoreThatWentOutWhereTheCanaryCouldNotTellIsKnown) {
  const std::string before = identity();
  let_out(first_release(before), {"floor", "mine"});
  EXPECT_EQ(identity(), before);
}

TEST_F(Registry, OtherStepsDoNotDependOnIt) {
  step_.kind = "plan.register";
  const std::string before = identity();
  let_out("declared", {"floor"});
  EXPECT_EQ(identity(), before);
}

}  // namespace
}  // namespace fulcrum::control

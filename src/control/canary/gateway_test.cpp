#include "control/canary/gateway.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "base/json.h"
#include "support/tiny_http.h"

namespace fulcrum::control {
namespace {

namespace json = base::json;
using release::Arm;
using testing::TinyHttp;
using testing::TinyRequest;
using testing::TinyResponse;

/// A model server that answers with its name, or with `status` when that is not 200.
struct Model {
  explicit Model(std::string name)
      : server([this, name](const TinyRequest& request) {
          ++requests;
          last_path = request.path;
          if (status != 200) return TinyResponse{status, "{}"};
          return TinyResponse{200, "{\"model_version\":\"" + name + "\"}"};
        }) {}
  std::atomic<int> requests{0}, status{200};
  std::string last_path;
  TinyHttp server;
};

GatewayOptions options() {
  GatewayOptions options;
  options.model = "shop";
  options.release = "spring";
  options.stable_version = "v1";
  options.candidate_version = "v2";
  options.simulated = true;
  return options;
}

GatewayRequest ask(const std::string& id, const std::string& user) {
  return {"POST", "/v2/models/shop/infer",
          base::to_text(json::object{{"id", id}, {"parameters", {{"user", user}}}})};
}

GatewayRequest reward(const std::string& id, int value) {
  return {"POST", "/v2/feedback",
          base::to_text(json::object{{"id", id}, {"reward", value}, {"simulated", true}})};
}

std::string header(const GatewayResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

class GatewayTest : public ::testing::Test {
 protected:
  void open_both() {
    gateway.open_arm(Arm::kStable, stable.server.url());
    gateway.open_arm(Arm::kCandidate, candidate.server.url());
  }
  /// A user whom the split gives to this arm.
  static std::string user_of(Arm arm) {
    for (int i = 0;; ++i) {
      std::string user = std::to_string(i);
      if (release::arm_of(release::user_key(user, "spring"), 0.5) == arm) return user;
    }
  }
  Model stable{"v1"}, candidate{"v2"};
  std::unique_ptr<objects::Store> objects = objects::open_memory_store();
  Gateway gateway{options(), *objects};
};

TEST_F(GatewayTest, NoTrafficBeforeTheModelServersAreReady) {
  EXPECT_EQ(gateway.handle({"GET", "/v2/health/ready", ""}).status, 503);
  EXPECT_EQ(gateway.handle(ask("a", "u")).status, 503);
  gateway.open_arm(Arm::kStable, stable.server.url());
  EXPECT_EQ(gateway.handle({"GET", "/v2/health/ready", ""}).status, 200);
  const auto response = gateway.handle(ask("b", user_of(Arm::kCandidate)));
  EXPECT_EQ(header(response, "x-model-version"), "v1");
  EXPECT_EQ(gateway.evidence().counts(Arm::kStable).requests, 0) << "counted without a comparison";
  EXPECT_EQ(candidate.requests, 0);
}

TEST_F(GatewayTest, UsersKeepTheirArmAndTheAnswerPassesThrough) {
  open_both();
  std::set<std::string> versions;
  for (int user = 0; user < 40; ++user) {
    std::set<std::string> of_user;
    for (int i = 0; i < 3; ++i) {
      const auto response =
          gateway.handle(ask(std::to_string(user) + "-" + std::to_string(i), std::to_string(user)));
      ASSERT_EQ(response.status, 200);
      of_user.insert(header(response, "x-model-version"));
      EXPECT_EQ(response.body,
                "{\"model_version\":\"" + header(response, "x-model-version") + "\"}");
    }
    EXPECT_EQ(of_user.size(), 1u);
    versions.insert(*of_user.begin());
  }
  EXPECT_EQ(versions.size(), 2u);
  EXPECT_EQ(candidate.last_path, "/v2/models/shop/infer");
}

TEST_F(GatewayTest, RewardsCountOnceForTheArmThatEarnedThem) {
  open_both();
  const std::string user = user_of(Arm::kCandidate);
  ASSERT_EQ(gateway.handle(ask("a", user)).status, 200);
  ASSERT_EQ(gateway.handle(ask("b", user)).status, 200);
  EXPECT_EQ(gateway.handle(reward("a", 1)).body, "{\"id\":\"a\",\"counted\":true}");
  EXPECT_EQ(gateway.handle(reward("a", 0)).body, "{\"id\":\"a\",\"counted\":false}");
  EXPECT_EQ(gateway.handle(reward("b", 0)).status, 200);
  EXPECT_EQ(gateway.handle(reward("never asked", 1)).status, 404);
  const auto counts = gateway.evidence().counts(Arm::kCandidate);
  EXPECT_EQ(counts.samples, 2);
  EXPECT_EQ(counts.successes, 1);
  EXPECT_EQ(counts.users, 1);
  EXPECT_EQ(counts.sum_nn, 4);
  EXPECT_EQ(gateway.evidence().counts(Arm::kStable).samples, 0);
}

TEST_F(GatewayTest, WrongRequestsAreRefused) {
  open_both();
  EXPECT_EQ(gateway.handle({"POST", "/v2/models/shop/infer", "{"}).status, 400);
  EXPECT_EQ(gateway.handle({"POST", "/v2/models/other/infer", "{}"}).status, 404);
  EXPECT_EQ(gateway.handle({"POST", "/v2/feedback", "{\"reward\":1}"}).status, 400);
  EXPECT_EQ(gateway.handle({"POST", "/v2/feedback", "{\"id\":\"a\",\"reward\":0.5}"}).status, 400);
  auto real = options();
  real.simulated = false;
  Gateway strict(real, *objects);
  EXPECT_EQ(strict.handle(reward("a", 1)).status, 409) << "a simulated reward in a real release";
  const auto anonymous = gateway.handle({"POST", "/v2/models/shop/infer", "{}"});
  EXPECT_EQ(anonymous.status, 200);
  const std::string id = header(anonymous, "x-request-id");
  EXPECT_EQ(gateway.handle(reward(id, 1)).status, 200);
}

TEST_F(GatewayTest, AFailingArmAnswers502AndIsCounted) {
  open_both();
  candidate.status = 500;
  const std::string user = user_of(Arm::kCandidate);
  EXPECT_EQ(gateway.handle(ask("a", user)).status, 502);
  EXPECT_EQ(gateway.evidence().counts(Arm::kCandidate).errors, 1);
  EXPECT_EQ(gateway.handle(reward("a", 1)).body, "{\"id\":\"a\",\"counted\":false}");
  candidate.status = 200;
  EXPECT_EQ(gateway.handle(ask("a", user)).status, 200) << "the client tries again";
  EXPECT_EQ(gateway.handle(reward("a", 1)).body, "{\"id\":\"a\",\"counted\":true}");
  gateway.open_arm(Arm::kCandidate, "http://127.0.0.1:1");
  EXPECT_EQ(gateway.handle(ask("b", user)).status, 502);
  EXPECT_EQ(gateway.evidence().counts(Arm::kCandidate).errors, 2);

  auto kind = options();
  kind.fall_back_to_stable = true;
  Gateway falling(kind, *objects);
  falling.open_arm(Arm::kStable, stable.server.url());
  falling.open_arm(Arm::kCandidate, "http://127.0.0.1:1");
  const auto response = falling.handle(ask("c", user));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header(response, "x-model-version"), "v1");
  EXPECT_EQ(falling.evidence().counts(Arm::kCandidate).errors, 1);
  EXPECT_EQ(falling.handle(reward("c", 1)).body, "{\"id\":\"c\",\"counted\":false}")
      << "the stable's reward must not count for the candidate";
}

TEST_F(GatewayTest, SealedChunksGiveTheSameCountsAgain) {
  open_both();
  std::vector<std::string> chunks;
  for (int i = 0; i < 300; ++i) {
    const std::string id = "r" + std::to_string(i);
    if (i == 100) candidate.status = 503;
    if (i == 120) candidate.status = 200;
    (void)gateway.handle(ask(id, std::to_string(i % 37)));
    if (i % 3 != 0) (void)gateway.handle(reward(id, i % 5 == 0 ? 1 : 0));
    if (i % 90 == 0) {
      const auto cut = gateway.evidence().cut();
      ASSERT_TRUE(cut && cut->chunk);
      chunks.push_back(cut->chunk->object);
    }
  }
  const auto last = gateway.evidence().cut();
  ASSERT_TRUE(last && last->chunk);
  chunks.push_back(last->chunk->object);
  EXPECT_FALSE(gateway.evidence().cut()->chunk) << "nothing new";

  Gateway again(options(), *objects);
  ASSERT_TRUE(again.evidence().replay(chunks));
  EXPECT_EQ(again.evidence().counts(Arm::kStable), last->stable);
  EXPECT_EQ(again.evidence().counts(Arm::kCandidate), last->candidate);
  EXPECT_GT(last->candidate.errors, 0);
  // A reward that comes after the restart still finds its request; one that was counted does not
  // count again.
  EXPECT_EQ(again.handle(reward("r0", 1)).body, "{\"id\":\"r0\",\"counted\":true}");
  EXPECT_EQ(again.handle(reward("r1", 1)).body, "{\"id\":\"r1\",\"counted\":false}");
  EXPECT_FALSE(again.evidence().replay({std::string(64, '0')}));
}

TEST(Evidence, MemoryIsBoundedByNumberAndAge) {
  const auto objects = objects::open_memory_store();
  EvidenceLimits limits;
  limits.open_requests = 100;
  limits.open_us = 1000;
  limits.unsealed_lines = 250;
  GatewayEvidence evidence(*objects, limits);
  const auto serve = [&](int number, std::int64_t time_us) {
    evidence.served({.id = std::to_string(number), .user = 1, .status = 200, .time_us = time_us});
  };
  for (int i = 0; i < 200; ++i) serve(i, 0);
  EXPECT_EQ(evidence.reward("0", true, 0), RewardResult::kUnknown);
  EXPECT_EQ(evidence.reward("199", true, 0), RewardResult::kCounted);
  serve(200, 2000);
  EXPECT_EQ(evidence.reward("198", true, 2000), RewardResult::kUnknown) << "too old";
  for (int i = 201; i < 400; ++i) serve(i, 2000);
  EXPECT_GT(evidence.uncounted(), 0);
  ASSERT_TRUE(evidence.cut());
  const auto before = evidence.counts(Arm::kStable).requests;
  serve(400, 2000);
  EXPECT_EQ(evidence.counts(Arm::kStable).requests, before + 1) << "a cut makes room";
}

TEST_F(GatewayTest, ManyThreadsLoseNothing) {
  open_both();
  constexpr int kThreads = 4, kEach = 250;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = std::to_string(t) + "." + std::to_string(i);
        (void)gateway.handle(ask(id, std::to_string(i % 50)));
        (void)gateway.handle(reward(id, i % 2));
        if (i % 100 == 0) (void)gateway.evidence().cut().has_value();
      }
    });
  for (auto& thread : threads) thread.join();
  const auto a = gateway.evidence().counts(Arm::kStable);
  const auto b = gateway.evidence().counts(Arm::kCandidate);
  EXPECT_EQ(a.samples + b.samples, kThreads * kEach);
  EXPECT_EQ(a.successes + b.successes, kThreads * kEach / 2);
  EXPECT_EQ(a.errors + b.errors, 0);
}

}  // namespace
}  // namespace fulcrum::control

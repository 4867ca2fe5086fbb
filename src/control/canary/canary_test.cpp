// Whole canaries over HTTP: two model servers, the gateway's front, shoppers, the engine.
#include "control/canary/canary.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/files.h"
#include "base/random.h"
#include "control/engine/engine.h"
#include "release/pillar.h"
#include "support/tiny_http.h"

namespace fulcrum::control {
namespace {

namespace json = base::json;
using release::Arm;
using testing::TinyHttp;
using testing::TinyRequest;
using testing::TinyResponse;

class HttpPart final : public CanaryPart {
 public:
  explicit HttpPart(TinyHttp::Handler handler) : server_(std::move(handler)) {}
  std::string url() const override { return server_.url(); }

 private:
  TinyHttp server_;
};

/// Shoppers of one thread: each asks, and rewards by the rate of the version that answered.
class Shoppers final : public CanaryPart {
 public:
  struct Plan {
    std::int64_t impressions = 0;  // 0: until stopped
    double stable_rate = 0.1, candidate_rate = 0.1;
    std::uint64_t seed = 1;
    int users = 400;
    int exit_code = 0;
  };
  /// `counted` grows by every reward that the gateway accepted.
  Shoppers(Plan plan, const std::string& gateway, std::atomic<std::int64_t>& counted)
      : plan_(plan), gateway_(gateway), counted_(counted) {
    thread_ = std::thread([this] {
      shop();
      ended_ = true;
    });
  }
  ~Shoppers() override {
    stopping_ = true;
    thread_.join();
  }
  bool running() override { return !ended_; }
  int exit_code() override { return ended_ ? plan_.exit_code : 0; }

 private:
  void shop() {
    base::Random random(plan_.seed);
    const auto gateway = open_upstream(gateway_, 5000);
    for (std::int64_t i = 0; !stopping_ && (plan_.impressions == 0 || i < plan_.impressions); ++i) {
      const std::string id = std::to_string(plan_.seed) + "-" + std::to_string(i);
      const std::string user = std::to_string(random.below(static_cast<unsigned>(plan_.users)));
      const auto answer =
          gateway->post("/v2/models/shop/infer",
                        base::to_text(json::object{{"id", id}, {"parameters", {{"user", user}}}}));
      if (!answer || answer->status != 200) continue;
      const bool is_candidate = answer->body.find("\"v2\"") != std::string::npos;
      const bool clicks =
          random.uniform() < (is_candidate ? plan_.candidate_rate : plan_.stable_rate);
      const auto thanks = gateway->post(
          "/v2/feedback",
          base::to_text(json::object{{"id", id}, {"reward", clicks ? 1 : 0}, {"simulated", true}}));
      if (thanks && thanks->body.find("\"counted\":true") != std::string::npos) ++counted_;
    }
  }
  Plan plan_;
  std::string gateway_;
  std::atomic<std::int64_t>& counted_;
  std::atomic<bool> stopping_{false}, ended_{false};
  std::thread thread_;
};

TinyHttp::Handler model_server(const std::string& version, const std::atomic<int>& status) {
  return [version, &status](const TinyRequest& request) {
    if (request.path == "/v2/health/ready") return TinyResponse{status == 503 ? 503 : 200, "{}"};
    return TinyResponse{status, "{\"model_version\":\"" + version + "\"}"};
  };
}

class CanaryTest : public ::testing::Test {
 protected:
  CanaryTest() {
    std::vector<std::unique_ptr<ledger::Pillar>> pillars;
    pillars.push_back(release::make_pillar());
    auto tables = pillars.front()->tables();
    auto opened =
        open_engine(std::move(pillars), ledger::open_memory_store({.tables = tables, .sign = {}}),
                    nullptr, {.seed = 7});
    engine_ = std::move(*opened);
    ports_.objects = objects_.get();
    ports_.start_server = [this](Arm arm) -> CanaryPartResult {
      return std::make_unique<HttpPart>(arm == Arm::kStable
                                            ? model_server("v1", stable_status_)
                                            : model_server("v2", candidate_status_));
    };
    ports_.serve = [](Gateway& gateway) -> CanaryPartResult {
      return std::make_unique<HttpPart>([&gateway](const TinyRequest& request) {
        auto response = gateway.handle({request.method, request.path, request.body});
        return TinyResponse{response.status, std::move(response.body), response.headers};
      });
    };
    ports_.start_traffic = [this](const std::string& url,
                                  std::int64_t attempt) -> CanaryPartResult {
      auto plan = shoppers_;
      plan.seed += static_cast<std::uint64_t>(attempt) * 1000;
      return std::make_unique<Shoppers>(plan, url, rewards_counted_);
    };
    bind_engine(ports_, *engine_);
    submit("model.register", {{"model", "shop"}, {"version", "v1"}, {"metrics", {{"ndcg", 0.2}}}});
    submit("release.baseline", {{"release", "r0"}, {"model", "shop"}, {"metric", "ndcg"}});
    submit("model.register", {{"model", "shop"}, {"version", "v2"}});
    spec_.start.release = "r1";
    spec_.start.model = "shop";
    spec_.start.candidate = "v2";
    spec_.start.simulated = true;
    spec_.start.policy.minimum_detectable_effect = 0.15;
    spec_.start.policy.max_samples = 1500;
    spec_.min_look_interval_us = 1000;
    spec_.ready_limit_s = 2;
  }

  void submit(std::string name, json::object body) {
    const auto status = ports_.submit(name, std::move(body), "");
    ASSERT_TRUE(status) << status.error().message;
  }
  std::int64_t number(const CanaryOutcome& outcome, const char* path) {
    const auto* found = base::find_path(outcome.release, path);
    return found ? found->to_number<std::int64_t>() : -1;
  }

  std::unique_ptr<objects::Store> objects_ = objects::open_memory_store();
  std::unique_ptr<Engine> engine_;
  std::atomic<int> stable_status_{200}, candidate_status_{200};
  Shoppers::Plan shoppers_;
  std::atomic<std::int64_t> rewards_counted_{0};
  CanaryPorts ports_;
  CanarySpec spec_;
};

TEST_F(CanaryTest, TenReleasesOverHttpEndAsTheyShould) {
  // Five candidates that are better by 0.25, five that are equal.
  int promoted = 0, false_verdicts = 0;
  for (std::uint64_t repetition = 0; repetition < 10; ++repetition) {
    const bool is_better = repetition % 2 == 0;
    shoppers_.seed = 100 + repetition;
    shoppers_.candidate_rate = is_better ? 0.35 : 0.1;
    spec_.start.release = "repetition" + std::to_string(repetition);
    const std::string version = "c" + std::to_string(repetition);
    submit("model.register", {{"model", "shop"}, {"version", version}});
    spec_.start.candidate = version;
    const auto outcome = run_canary(spec_, ports_);
    ASSERT_TRUE(outcome) << outcome.error().message;
    if (is_better && outcome->status == "promoted") ++promoted;
    if (!is_better && outcome->status != "undecided") ++false_verdicts;
    EXPECT_EQ(number(*outcome, "simulated"), 1);
  }
  EXPECT_GE(promoted, 4) << "seeds 100 to 109";
  EXPECT_LE(false_verdicts, 1) << "seeds 100 to 109";
}

TEST_F(CanaryTest, WorseCandidateIsRolledBackWithItsEvidence) {
  shoppers_.stable_rate = 0.4;
  const auto outcome = run_canary(spec_, ports_);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->status, "rolled_back");
  EXPECT_EQ(outcome->reason, "candidate_worse");
  // The sealed log gives the recorded counts again.
  std::vector<std::string> chunks;
  const auto shown = ports_.query("release.show", json::object{{"release", "r1"}});
  ASSERT_TRUE(shown);
  for (const auto& chunk : shown->at("chunks").as_array())
    chunks.push_back(base::get_string(chunk, "object"));
  GatewayEvidence again(*objects_, {});
  ASSERT_TRUE(again.replay(chunks));
  EXPECT_EQ(again.counts(Arm::kCandidate).samples, number(*outcome, "candidate_counts.samples"));
  EXPECT_EQ(again.counts(Arm::kStable).successes, number(*outcome, "stable_counts.successes"));
  EXPECT_EQ(again.counts(Arm::kStable).sum_ns, number(*outcome, "stable_counts.sum_ns"));
  const auto repeated = run_canary(spec_, ports_);
  ASSERT_TRUE(repeated);
  EXPECT_EQ(base::to_text(repeated->release), base::to_text(outcome->release));
}

TEST_F(CanaryTest, BrokenCandidateIsRolledBackAtOnce) {
  candidate_status_ = 500;
  const auto outcome = run_canary(spec_, ports_);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->reason, "error_breaker");
  EXPECT_LT(number(*outcome, "candidate_counts.requests"), 500);
}

TEST_F(CanaryTest, NobodyIsServedBeforeBothAreReady) {
  candidate_status_ = 503;
  bool served = false;
  const auto serve = ports_.serve;
  ports_.serve = [&](Gateway& gateway) {
    served = true;
    return serve(gateway);
  };
  const auto outcome = run_canary(spec_, ports_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "canary.not_ready");
  EXPECT_FALSE(served);
  candidate_status_ = 200;
  shoppers_.candidate_rate = 0.4;
  const auto later = run_canary(spec_, ports_);
  ASSERT_TRUE(later) << later.error().message;
  EXPECT_EQ(later->status, "promoted");
}

TEST_F(CanaryTest, GoesOnFromTheLastLookAfterEveryKill) {
  // The ledger's answer is lost at the third command of each attempt, as when the process dies.
  spec_.start.policy.minimum_detectable_effect = 0.2;
  spec_.start.policy.max_samples = 800;
  const auto submit = ports_.submit;
  int attempts = 0;
  std::int64_t recorded = 0;
  for (;; ++attempts) {
    ASSERT_LT(attempts, 60);
    int commands = 0;
    ports_.submit = [&](std::string name, json::object body, std::string key) -> base::Status {
      const bool dies = ++commands > 3 + attempts;
      if (dies && attempts % 2 == 0) return base::failed("test.killed", "before the commit");
      auto status = submit(std::move(name), std::move(body), std::move(key));
      if (dies) return base::failed("test.killed", "after the commit");
      return status;
    };
    const auto outcome = run_canary(spec_, ports_);
    if (outcome) {
      EXPECT_EQ(outcome->status, "undecided");
      EXPECT_GE(number(*outcome, "samples"), 800);
      EXPECT_LE(number(*outcome, "samples"), rewards_counted_) << "counted twice";
      break;
    }
    ASSERT_EQ(outcome.error().code, "test.killed") << outcome.error().message;
    const auto shown = ports_.query("release.show", json::object{{"release", "r1"}});
    ASSERT_TRUE(shown);
    EXPECT_GE(base::get_integer(*shown, "samples"), recorded);
    recorded = base::get_integer(*shown, "samples");
  }
  EXPECT_GT(attempts, 1);
}

TEST_F(CanaryTest, EndOfTheTrafficEndsTheReleaseUndecided) {
  shoppers_.impressions = 300;
  const auto outcome = run_canary(spec_, ports_);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->status, "undecided");
  EXPECT_EQ(outcome->reason, "traffic_ended");
  EXPECT_EQ(number(*outcome, "samples"), 300);
}

TEST_F(CanaryTest, FailingTrafficFailsTheCanaryAndKeepsItsEvidence) {
  shoppers_.impressions = 120;
  shoppers_.exit_code = 1;
  const auto outcome = run_canary(spec_, ports_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "canary.traffic");
  const auto shown = ports_.query("release.show", json::object{{"release", "r1"}});
  EXPECT_EQ(base::get_string(*shown, "status"), "running");
  EXPECT_EQ(base::get_integer(*shown, "samples"), 120);
}

TEST_F(CanaryTest, InterruptionRecordsALook) {
  std::atomic<bool> interrupted{false};
  ports_.interrupted = [&] { return interrupted.load(); };
  ports_.progress = [&](const CanaryProgress& progress) {
    if (progress.samples >= 100) interrupted = true;
  };
  const auto outcome = run_canary(spec_, ports_);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "run.interrupted");
  EXPECT_EQ(outcome.error().kind, base::ErrorKind::kFailed);
}

std::string rows_file(double stable_rate, double candidate_rate, int rows, bool as_json) {
  base::Random random(5);
  std::string text = as_json ? "" : "user,reward_candidate,reward_stable\n";
  for (int i = 0; i < rows; ++i) {
    const int candidate = random.uniform() < candidate_rate ? 1 : 0;
    const int stable = random.uniform() < stable_rate ? 1 : 0;
    const std::string user = std::to_string(i / 2);
    text += as_json
                ? base::to_text(json::object{
                      {"user", user}, {"reward_candidate", candidate}, {"reward_stable", stable}}) +
                      "\n"
                : user + "," + std::to_string(candidate) + "," + std::to_string(stable) + "\n";
  }
  const auto path =
      std::filesystem::temp_directory_path() /
      ("fulcrum-replay-" + std::to_string(::getpid()) + (as_json ? ".jsonl" : ".csv"));
  EXPECT_TRUE(base::write_file(path, text));
  return path.string();
}

TEST_F(CanaryTest, ReplayDecidesAndResumesTheSame) {
  const std::string csv = rows_file(0.1, 0.3, 1500, false);
  int commands = 0;
  const auto submit = ports_.submit;
  ports_.submit = [&](std::string name, json::object body, std::string key) -> base::Status {
    if (++commands == 4) return base::failed("test.killed", "");  // in the second look
    return submit(std::move(name), std::move(body), std::move(key));
  };
  EXPECT_EQ(replay_canary(spec_, ports_, csv).error().code, "test.killed");
  ports_.submit = submit;
  const auto resumed = replay_canary(spec_, ports_, csv);
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(resumed->status, "promoted");
  EXPECT_EQ(number(*resumed, "offline_replay"), 1);
  const auto shown = ports_.query("release.show", json::object{{"release", "r1"}});
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->at("chunks").as_array().size(), 1u);
  // Both versions answered for the same rows.
  EXPECT_EQ(base::get_integer(*shown, "stable_counts.samples"),
            base::get_integer(*shown, "candidate_counts.samples"));
  EXPECT_EQ(base::get_integer(*shown, "evidence.paired.pairs"),
            base::get_integer(*shown, "stable_counts.samples"));
}

TEST_F(CanaryTest, ReplayOfEqualModelsEndsUndecidedAndReadsJsonLines) {
  const auto outcome = replay_canary(spec_, ports_, rows_file(0.1, 0.1, 700, true));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->reason, "traffic_ended");
  EXPECT_EQ(number(*outcome, "samples"), 1400);  // 700 pairs
}

TEST_F(CanaryTest, ReplayNamesTheLineThatIsWrong) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("fulcrum-replay-wrong-" + std::to_string(::getpid()) + ".csv");
  ASSERT_TRUE(base::write_file(path, "user,reward_candidate,reward_stable\na,1,0\nb,2,0\n"));
  const auto outcome = replay_canary(spec_, ports_, path);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "replay.syntax");
  EXPECT_NE(outcome.error().field.find(":3"), std::string::npos);
}

}  // namespace
}  // namespace fulcrum::control

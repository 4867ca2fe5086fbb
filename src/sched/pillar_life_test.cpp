// Gangs, dependencies, and what people ask of waiting jobs.
#include "sched/sched_fixture.h"

namespace fulcrum::sched {

namespace {

constexpr const char* kSimulatedNodes[] = {
    R"({"name":"s1","cpu_milli":8000,"simulated":true,"devices":[{"index":0},{"index":1}]})",
    R"({"name":"s2","cpu_milli":8000,"simulated":true,"devices":[{"index":0},{"index":1}]})"};

TEST(SchedPillar, AGangHoldsAllItsTasksAndGivesAllBack) {
  Bench bench;
  for (const char* node : kSimulatedNodes) ASSERT_TRUE(bench.send("node.add", node));
  const std::string job = job_of(bench.send(
      "job.submit",
      R"({"name":"g","simulated":true,"predicted_s":5,"tasks":2,"resources":{"gpus":2}})"));
  const std::string one = R"({"job":")" + job + R"(","node":"s1","devices":[0,1])";
  EXPECT_EQ(bench.send("job.start", one + "}").error().code, "job.stale");  // half of it
  ASSERT_TRUE(bench.send("job.start", one + R"(,"more":[{"node":"s2","devices":[0,1]}]})"));
  EXPECT_EQ(bench.state().nodes.at("s2").free_device_milli, (std::vector<std::int64_t>{0, 0}));
  EXPECT_EQ(bench.state().jobs.at(job).device_milli, 4000);
  EXPECT_EQ(bench.state().simulated_use.begin()->second.held_milli, 4000);
  ASSERT_TRUE(bench.send("job.end", R"({"job":")" + job + R"(","attempt":1,"state":"succeeded"})"));
  EXPECT_EQ(bench.state().nodes.at("s2").free_device_milli,
            (std::vector<std::int64_t>{1000, 1000}));
  EXPECT_EQ(bench.state().simulated_use.begin()->second.held_milli, 0);
}

TEST(SchedPillar, GangsThatCannotRunAreRefused) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  for (const char* node : kSimulatedNodes) ASSERT_TRUE(bench.send("node.add", node));
  EXPECT_EQ(bench.send("job.submit", R"({"name":"g","command":["x"],"tasks":2})").error().code,
            "job.gang_needs_nodes");
  const auto large = bench.send(
      "job.submit",
      R"({"name":"g","simulated":true,"predicted_s":5,"tasks":3,"resources":{"gpus":2}})");
  EXPECT_EQ(large.error().code, "job.never_fits");
  EXPECT_NE(large.error().message.find("room for 3 tasks"), std::string::npos)
      << large.error().message;
}

TEST(SchedPillar, ADependentWaitsAndThenGoes) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const std::string first = job_of(bench.send("job.submit", R"({"name":"a","command":["x"]})"));
  const std::string second = job_of(bench.send(
      "job.submit", R"({"name":"b","command":["x"],"depends_on":["job/)" + first + R"("]})"));
  EXPECT_EQ(bench.state().jobs.at(second).phase, JobPhase::kBlocked);
  const auto why = bench.ask("job.why", R"({"job":"b"})");
  EXPECT_EQ(base::find_path(why, "reason.code")->as_string(), "dependency");
  EXPECT_EQ(base::find_path(why, "unblock.when")->as_string(), "jobs_succeed");
  EXPECT_EQ(bench.send("job.start", start(second, "[]")).error().code, "job.stale");
  ASSERT_TRUE(bench.send("job.start", start(first, "[]")));
  ASSERT_TRUE(
      bench.send("job.end", R"({"job":")" + first + R"(","attempt":1,"state":"succeeded"})"));
  EXPECT_EQ(bench.state().jobs.at(second).phase, JobPhase::kQueued);
  // One that has succeeded already is as good.
  const std::string third = job_of(bench.send(
      "job.submit", R"({"name":"c","command":["x"],"depends_on":[")" + first + R"("]})"));
  EXPECT_EQ(bench.state().jobs.at(third).phase, JobPhase::kQueued);
}

TEST(SchedPillar, AFailedDependencyCancelsWhoWaitsForIt) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const auto submit = [&](const std::string& name, const std::string& after) {
    return job_of(bench.send(
        "job.submit", R"({"name":")" + name + R"(","command":["x"])" +
                          (after.empty() ? "" : R"(,"depends_on":[")" + after + R"("])") + "}"));
  };
  const std::string a = submit("a", ""), b = submit("b", a), c = submit("c", b);
  ASSERT_TRUE(bench.send("job.start", start(a, "[]")));
  ASSERT_TRUE(bench.send("job.end", R"({"job":")" + a + R"(","attempt":1,"state":"failed"})"));
  EXPECT_TRUE(bench.state().jobs.empty());
  EXPECT_TRUE(bench.state().dependents.empty());
  const auto shown = bench.ask("job.show", R"({"job":"c"})");
  EXPECT_EQ(base::get_string(shown, "state"), "cancelled");
  EXPECT_NE(base::get_string(shown, "detail").find(b), std::string::npos);
  EXPECT_EQ(
      bench.send("job.submit", R"({"name":"d","command":["x"],"depends_on":[")" + a + R"("]})")
          .error()
          .code,
      "job.dependency_failed");
  const auto unknown =
      bench.send("job.submit", R"({"name":"d","command":["x"],"depends_on":["nobody"]})");
  EXPECT_EQ(unknown.error().code, "job.dependency_unknown");
  EXPECT_EQ(unknown.error().field, "depends_on[0]");
}

TEST(SchedPillar, WhyNamesWhoIsAheadAndWhatWouldHelp) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const auto submit = [&](const std::string& name, int gpus) {
    return job_of(
        bench.send("job.submit", R"({"name":")" + name + R"(","command":["x"],"predicted_s":60,)" +
                                     R"("resources":{"gpus":)" + std::to_string(gpus) + "}}"));
  };
  const std::string a = submit("a", 1), b = submit("b", 2), c = submit("c", 1);
  ASSERT_TRUE(bench.send("job.start", start(a, "[0]")));
  const auto why = bench.ask("job.why", R"({"job":"b"})");
  EXPECT_EQ(base::find_path(why, "reason.code")->as_string(), "not_enough_gpu");
  EXPECT_EQ(base::get_integer(why, "jobs_ahead"), 0);
  EXPECT_EQ(base::find_path(why, "unblock.when")->as_string(), "jobs_end");
  EXPECT_EQ(base::find_path(why, "unblock.jobs")->get_array().at(0).as_string(), a);
  EXPECT_EQ(base::find_path(why, "unblock.expected_us")->to_number<std::int64_t>(),
            bench.now_us + 60'000'000);
  const auto behind = bench.ask("job.why", R"({"job":"c"})");
  EXPECT_EQ(base::find_path(behind, "reason.code")->as_string(), "behind");
  EXPECT_EQ(base::get_integer(behind, "jobs_ahead"), 1);
  EXPECT_EQ(base::find_path(behind, "ahead")->get_array().at(0).at("job").as_string(), b);
}

TEST(SchedPillar, AnEtaIsTheTwinRunForward) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const std::string body =
      R"({"name":"train","project":"shop","command":["x"],"resources":{"gpus":2}})";
  const auto run = [&](std::int64_t seconds) {
    const std::string job = job_of(bench.send("job.submit", body));
    ASSERT_TRUE(bench.send("job.start", start(job, "[0,1]")));
    bench.now_us += seconds * 1'000'000;
    ASSERT_TRUE(
        bench.send("job.end", R"({"job":")" + job + R"(","attempt":1,"state":"succeeded"})"));
  };
  for (const std::int64_t seconds : {100, 100, 100, 100, 300}) run(seconds);
  const std::string running = job_of(bench.send("job.submit", body));
  ASSERT_TRUE(bench.send("job.start", start(running, "[0,1]")));
  const std::string waiting = job_of(bench.send("job.submit", body));
  const std::string ask = R"({"job":")" + waiting + R"("})";
  const auto eta = bench.ask("job.eta", ask);
  EXPECT_EQ(base::get_integer(eta, "p50_us"), bench.now_us + 100'000'000);
  EXPECT_EQ(base::get_integer(eta, "p90_us"), bench.now_us + 300'000'000);
  EXPECT_EQ(base::to_text(eta), base::to_text(bench.ask("job.eta", ask)));
  // Past 100 s only the long run is still possible.
  const auto later = bench.ask("job.eta", R"({"job":")" + waiting + R"(","now_us":)" +
                                              std::to_string(bench.now_us + 150'000'000) + "}");
  EXPECT_EQ(base::get_integer(later, "p50_us"), bench.now_us + 300'000'000);
}

TEST(SchedPillar, APolicyIsShownByName) {
  Bench bench;
  EXPECT_EQ(base::get_string(bench.ask("policy.show", R"({"name":"wspt"})"), "name"), "smith");
  ASSERT_TRUE(bench.send("policy.set", R"({"backfill":"easy"})"));
  EXPECT_TRUE(base::get_bool(bench.ask("policy.show", R"({"name":"easy"})"), "in_use"));
  EXPECT_EQ(bench.send("policy.set", R"({"backfill":"hard"})").error().code, "policy.unknown");
  EXPECT_EQ(bench.send("policy.set", R"({"policy":"conservative"})").error().code,
            "policy.replays_only");
  ASSERT_TRUE(bench.send("policy.set", R"({"policy":"easy_sjf"})"));
  EXPECT_EQ(bench.state().policy, "sjf");
  EXPECT_EQ(bench.state().backfill, "easy");
  EXPECT_TRUE(base::get_bool(bench.ask("policy.show", R"({"name":"easy_sjf"})"), "in_use"));
}

}  // namespace

}  // namespace fulcrum::sched

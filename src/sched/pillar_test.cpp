// The pillar's life of a job, from its commands to its tables.
#include "sched/sched_fixture.h"

namespace fulcrum::sched {

namespace {

TEST(SchedPillar, ARunIsAllocatedMeteredAndPaid) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const std::string job = job_of(
      bench.send("job.submit",
                 R"({"name":"train","project":"shop","command":["true"],"resources":{"gpus":1}})",
                 "member/anna", ledger::Role::kMember));
  EXPECT_EQ(bench.state().jobs.at(job).spec.owner, "member/anna");
  ASSERT_TRUE(bench.send("job.start", start(job, "[1]")));
  EXPECT_EQ(bench.state().nodes.at("n1").free_device_milli, (std::vector<std::int64_t>{1000, 0}));
  bench.now_us += 3600'000'000LL;
  ASSERT_TRUE(bench.send(
      "job.end",
      R"({"job":")" + job + R"(","attempt":1,"state":"succeeded","useful_device_s":1800})"));
  EXPECT_TRUE(bench.state().jobs.empty());
  EXPECT_EQ(bench.state().nodes.at("n1").free_device_milli[1], 1000);
  const auto shown = bench.ask("job.show", R"({"job":"train"})");
  EXPECT_EQ(base::get_string(shown, "state"), "succeeded");
  EXPECT_DOUBLE_EQ(base::get_number(shown, "allocated_device_s"), 3600);
  EXPECT_DOUBLE_EQ(base::get_number(shown, "cost_usd"), 4);
  const auto usage = bench.ask("usage.show", "{}");
  EXPECT_DOUBLE_EQ(base::find_path(usage, "real.available_device_s")->to_number<double>(), 7200);
  EXPECT_DOUBLE_EQ(base::find_path(usage, "real.allocated_share")->to_number<double>(), 0.5);
  EXPECT_DOUBLE_EQ(base::find_path(usage, "real.useful_share")->to_number<double>(), 0.5);
  EXPECT_DOUBLE_EQ(base::find_path(usage, "simulated.allocated_device_s")->to_number<double>(), 0);
}

TEST(SchedPillar, AJobThatCanNeverFitIsRefusedWithTheNumbers) {
  Bench bench;
  const std::string body = R"({"name":"big","command":["true"],"resources":{"gpus":3}})";
  EXPECT_EQ(bench.send("job.submit", body).error().code, "job.never_fits");  // no node at all
  ASSERT_TRUE(bench.send("node.add", kNode));
  const auto refused = bench.send("job.submit", body);
  ASSERT_FALSE(refused);
  EXPECT_EQ(base::exit_code(refused.error()), 3);
  EXPECT_NE(refused.error().message.find("needs 3 devices"), std::string::npos);
  EXPECT_NE(refused.error().message.find("2 devices on the largest node"), std::string::npos)
      << refused.error().message;
}

TEST(SchedPillar, WrongBodiesAreUsageErrors) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  for (const char* body : {R"({"command":["true"]})", R"({"name":"a","command":[]})",
                           R"({"name":"a","command":["x"],"priority":0})",
                           R"({"name":"a","command":["x"],"resources":{"gpu_milli":0}})",
                           R"({"name":"a","command":["x"],"resources":{"cpu_milli":-1}})",
                           R"({"name":"a","command":["x"],"resources":{"gpu":1}})",
                           R"({"name":"a","simulated":true})"}) {
    const auto result = bench.send("job.submit", body);
    ASSERT_FALSE(result) << body;
    EXPECT_EQ(base::exit_code(result.error()), 2) << body;
  }
}

TEST(SchedPillar, OnlyAServiceStartsAndEnds) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const std::string job =
      job_of(bench.send("job.submit", R"({"name":"a","command":["x"],"resources":{"gpus":2}})"));
  EXPECT_EQ(bench.send("job.start", start(job, "[0,1]"), "member/anna", ledger::Role::kOwner)
                .error()
                .code,
            "job.service_only");
  EXPECT_EQ(bench.send("job.start", start(job, "[0,0]")).error().code, "node.taken");
  EXPECT_EQ(bench.send("job.start", start(job, "[0,7]")).error().code, "job.stale");
  ASSERT_TRUE(bench.send("job.start", start(job, "[0,1]")));
  EXPECT_EQ(bench.send("job.start", start(job, "[0,1]")).error().code, "job.stale");
}

TEST(SchedPillar, AnEndCountsOnce) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const std::string job = job_of(bench.send("job.submit", R"({"name":"a","command":["x"]})"));
  ASSERT_TRUE(bench.send("job.start", start(job, "[]")));
  const std::string end = R"({"job":")" + job + R"(","attempt":1,"state":"failed","exit_code":3})";
  ASSERT_TRUE(bench.send("job.end", end));
  EXPECT_EQ(bench.send("job.end", end).error().code, "job.stale");
}

TEST(SchedPillar, ALostJobGoesBackToItsPlaceWhileItHasRetries) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const std::string job =
      job_of(bench.send("job.submit", R"({"name":"a","command":["x"],"max_retries":1})"));
  const auto lost = [&](int attempt) {
    return bench.send("job.end", R"({"job":")" + job + R"(","state":"lost","attempt":)" +
                                     std::to_string(attempt) + "}");
  };
  ASSERT_TRUE(bench.send("job.start", start(job, "[]")));
  ASSERT_TRUE(lost(1));
  ASSERT_EQ(bench.state().jobs.at(job).phase, JobPhase::kQueued);
  ASSERT_TRUE(bench.send("job.start", start(job, "[]")));
  EXPECT_EQ(lost(1).error().code, "job.stale");  // a late word about the first start
  ASSERT_TRUE(lost(2));
  EXPECT_TRUE(bench.state().jobs.empty());
  const auto shown = bench.ask("job.show", R"({"job":")" + job + R"("})");
  EXPECT_EQ(base::get_string(shown, "state"), "lost");
  EXPECT_EQ(base::find_path(shown, "allocations")->get_array().size(), 2u);
}

TEST(SchedPillar, CancelAndHoldAndWhy) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const std::string held = job_of(
      bench.send("job.submit", R"({"name":"h","command":["x"],"held":true})", "member/anna"));
  EXPECT_EQ(base::get_string(bench.ask("job.why", R"({"job":"h"})"), "text"),
            "held until it is released");
  EXPECT_EQ(bench.send("job.cancel", R"({"job":"h"})").error().code, "job.not_open");  // by id only
  const std::string by_id = R"({"job":")" + held + R"("})";
  EXPECT_EQ(bench.send("job.cancel", by_id, "member/bo", ledger::Role::kMember).error().code,
            "permission.denied");
  ASSERT_TRUE(bench.send("job.release", by_id));
  EXPECT_NE(base::get_string(bench.ask("job.why", by_id), "text").find("about to start"),
            std::string::npos);
  ASSERT_TRUE(bench.send("job.start", start(held, "[]")));
  ASSERT_TRUE(bench.send("job.cancel", by_id, "member/anna", ledger::Role::kMember));
  EXPECT_TRUE(bench.state().jobs.at(held).cancel_requested);
  EXPECT_TRUE(bench.send("job.cancel", by_id)->empty());  // again: nothing
}

TEST(SchedPillar, NodesWithRunningJobsStay) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  EXPECT_TRUE(bench.send("node.add", kNode)->empty());  // the same again is nothing new
  const std::string job = job_of(bench.send("job.submit", R"({"name":"a","command":["x"]})"));
  ASSERT_TRUE(bench.send("job.start", start(job, "[]")));
  EXPECT_EQ(bench.send("node.remove", R"({"node":"n1"})").error().code, "node.busy");
  EXPECT_EQ(bench.send("node.add", R"({"name":"n1","cpu_milli":1})").error().code, "node.busy");
  ASSERT_TRUE(bench.send("node.drain", R"({"node":"n1"})"));
  EXPECT_TRUE(bench.send("node.add", kNode)->empty());  // registering again does not undo a drain
  const std::string next = job_of(bench.send("job.submit", R"({"name":"b","command":["x"]})"));
  EXPECT_EQ(bench.send("job.start", start(next, "[]")).error().code, "job.stale");
  const auto queue = bench.ask("queue.show", "{}");
  EXPECT_EQ(base::get_integer(queue, "queued"), 1);
  EXPECT_EQ(base::find_path(queue, "waiting")->get_array()[0].at("text").as_string(),
            "no node is up");
}

TEST(SchedPillar, PoliciesAreSetByName) {
  Bench bench;
  ASSERT_TRUE(bench.send("policy.set", R"({"policy":"fifo"})"));
  EXPECT_EQ(bench.state().policy, "fifo");
  const auto wrong = bench.send("policy.set", R"({"policy":"fifa"})");
  EXPECT_EQ(wrong.error().code, "policy.unknown");
  EXPECT_NE(wrong.error().fix.find("fifo"), std::string::npos);
  EXPECT_EQ(base::get_string(bench.ask("policy.list", "{}"), "policy"), "fifo");
}

TEST(SchedPillar, StateSurvivesASnapshot) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const std::string job =
      job_of(bench.send("job.submit", R"({"name":"a","command":["x"],"resources":{"gpus":1}})"));
  ASSERT_TRUE(bench.send("job.start", start(job, "[1]")));
  const auto saved = bench.pillar->save();
  auto other = make_pillar();
  ASSERT_TRUE(other->restore(*base::parse_json(base::to_text(saved), "snapshot")));
  EXPECT_EQ(base::to_text(other->save()), base::to_text(saved));
  EXPECT_EQ(state_of(*other).nodes.at("n1").free_device_milli[1], 0);
}

}  // namespace

}  // namespace fulcrum::sched

// A running job makes room and comes back to its place.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "base/random.h"
#include "sched/sched_fixture.h"

namespace fulcrum::sched {

namespace {

std::string by_id(const std::string& job, const std::string& more = "") {
  return R"({"job":")" + job + R"(")" + more + "}";
}

/// A running job on kNode, with these further members of its specification.
std::string running(Bench& bench, const std::string& more) {
  EXPECT_TRUE(bench.send("node.add", kNode));
  std::string job = job_of(bench.send(
      "job.submit", R"({"name":"long","command":["x"],"resources":{"gpus":2})" + more + "}",
      "member/anna", ledger::Role::kMember));
  EXPECT_TRUE(bench.send("job.start", start(job, "[0,1]")));
  return job;
}

TEST(Preempt, AJobMakesRoomAndKeepsItsPlaceAndItsCheckpoint) {
  Bench bench;
  const std::string job = running(bench, R"(,"preemptible":true,"checkpoint_every_s":60)");
  const std::uint64_t order = bench.state().jobs.at(job).order;
  bench.now_us += 150'000'000;
  ASSERT_TRUE(bench.send("job.preempt", by_id(job, R"(,"reason":"priority","for_job":"b")")));
  EXPECT_TRUE(bench.state().jobs.at(job).preempt_requested);
  EXPECT_TRUE(base::get_bool(bench.ask("job.show", by_id(job)), "preempt_requested"));
  ASSERT_TRUE(bench.send("job.end",
                         by_id(job, R"(,"attempt":1,"state":"preempted","useful_device_s":290)")));
  const OpenJob& open = bench.state().jobs.at(job);
  EXPECT_EQ(open.phase, JobPhase::kQueued);
  EXPECT_EQ(open.order, order);
  EXPECT_FALSE(open.preempt_requested);
  EXPECT_EQ(open.preemptions, 1u);
  EXPECT_DOUBLE_EQ(open.kept_s, 120);
  const auto shown = bench.ask("job.show", by_id(job));
  EXPECT_EQ(base::get_string(shown, "state"), "queued");
  EXPECT_EQ(base::get_integer(shown, "preemptions"), 1);
  EXPECT_DOUBLE_EQ(base::get_number(shown, "lost_device_s"), 60);     // 30 s of two devices
  EXPECT_DOUBLE_EQ(base::get_number(shown, "useful_device_s"), 240);  // what is lost was of no use
  const auto& first = base::find_path(shown, "allocations")->get_array().at(0);
  EXPECT_EQ(base::get_string(first, "outcome"), "preempted");
  EXPECT_EQ(base::get_string(first, "preempt_reason"), "priority");
  EXPECT_EQ(base::get_string(first, "made_room_for"), "b");
  // The second start adds to what was kept.
  ASSERT_TRUE(bench.send("job.start", start(job, "[0,1]")));
  EXPECT_EQ(bench.state().jobs.at(job).attempt, 2u);
  bench.now_us += 70'000'000;
  ASSERT_TRUE(bench.send("job.preempt", by_id(job)));
  ASSERT_TRUE(bench.send("job.end", by_id(job, R"(,"attempt":2,"state":"preempted")")));
  EXPECT_DOUBLE_EQ(bench.state().jobs.at(job).kept_s, 180);
}

TEST(Preempt, WhoMayNotBeAskedIsRefusedWithTheReason) {
  Bench bench;
  const std::string fixed = running(bench, "");
  const auto code = [&](const std::string& job, const std::string& actor = "member/anna",
                        ledger::Role role = ledger::Role::kOwner, const std::string& more = "") {
    const auto reply = bench.send("job.preempt", by_id(job, more), actor, role);
    return reply ? std::string("asked") : reply.error().code;
  };
  EXPECT_EQ(code(fixed), "job.not_preemptible");  // an owner's word changes nothing
  EXPECT_EQ(code("nobody"), "job.not_open");
  ASSERT_TRUE(bench.send("job.end", by_id(fixed, R"(,"attempt":1,"state":"succeeded")")));
  const std::string job = running(bench, R"(,"preemptible":true,"min_run_s":60)");
  EXPECT_EQ(code(job, "member/bo", ledger::Role::kMember), "permission.denied");
  EXPECT_EQ(code(job, "member/anna", ledger::Role::kMember, R"(,"reason":"quota")"),
            "job.preempt_reason");
  EXPECT_EQ(code(job, "member/anna", ledger::Role::kMember, R"(,"grace_s":-1)"),
            "job.preempt_grace");
  EXPECT_EQ(code(job), "job.min_run");
  bench.now_us += 61'000'000;
  EXPECT_EQ(code(job, "member/anna", ledger::Role::kMember), "asked");
  EXPECT_EQ(code(job), "job.stopping");
  ASSERT_TRUE(bench.send("job.end", by_id(job, R"(,"attempt":1,"state":"preempted")")));
  EXPECT_EQ(code(job), "job.not_running");
}

TEST(Preempt, MakingRoomIsNoRetryAndACancelledJobDoesNotComeBack) {
  Bench bench;
  const std::string job = running(bench, R"(,"preemptible":true,"max_retries":1)");
  const auto end = [&](int attempt, const std::string& state) {
    return bench.send("job.end", by_id(job, R"(,"attempt":)" + std::to_string(attempt) +
                                                R"(,"state":")" + state + R"(")"));
  };
  ASSERT_TRUE(bench.send("job.preempt", by_id(job)));
  ASSERT_TRUE(end(1, "lost"));  // its shim died while it was being stopped
  EXPECT_EQ(bench.state().jobs.at(job).preemptions, 1u);
  ASSERT_TRUE(bench.send("job.start", start(job, "[0,1]")));
  ASSERT_TRUE(end(2, "lost"));  // the one retry
  EXPECT_EQ(bench.state().jobs.at(job).preemptions, 1u);
  ASSERT_TRUE(bench.send("job.start", start(job, "[0,1]")));
  ASSERT_TRUE(bench.send("job.preempt", by_id(job)));
  ASSERT_TRUE(bench.send("job.cancel", by_id(job)));
  ASSERT_TRUE(end(3, "preempted"));
  EXPECT_TRUE(bench.state().jobs.empty());
  EXPECT_EQ(base::get_string(bench.ask("job.show", by_id(job)), "state"), "cancelled");
}

TEST(Preempt, OneThatSavesAllTheTimeLosesNothing) {
  Bench bench;
  const std::string job = running(bench, R"(,"preemptible":true,"checkpoint_every_s":1e-320)");
  bench.now_us += 100'000'000;
  ASSERT_TRUE(bench.send("job.preempt", by_id(job)));
  ASSERT_TRUE(bench.send("job.end", by_id(job, R"(,"attempt":1,"state":"preempted")")));
  EXPECT_DOUBLE_EQ(bench.state().jobs.at(job).kept_s, 100);
}

TEST(Preempt, AJobThatFinishesInItsGraceHasSucceeded) {
  Bench bench;
  const std::string job = running(bench, R"(,"preemptible":true)");
  ASSERT_TRUE(bench.send("job.preempt", by_id(job)));
  ASSERT_TRUE(bench.send("job.end", by_id(job, R"(,"attempt":1,"state":"succeeded")")));
  EXPECT_TRUE(bench.state().jobs.empty());
}

/// However often it is stopped, what a job held is its work and what it lost; nothing is done twice
/// without being counted as lost.
RC_GTEST_PROP(Preempt, WorkIsConserved, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  Bench bench;
  RC_ASSERT(bench.send("node.add", kNode).has_value());
  const auto work_s = static_cast<std::int64_t>(1 + random.below(500));
  const auto every_s = static_cast<std::int64_t>(random.below(50));
  const std::string job = job_of(bench.send(
      "job.submit", R"({"name":"j","command":["x"],"preemptible":true,"resources":{"gpus":2})"
                    R"(,"max_retries":100,"predicted_s":)" +
                        std::to_string(work_s) + R"(,"checkpoint_every_s":)" +
                        std::to_string(every_s) + "}"));
  for (int attempt = 1;; ++attempt) {
    RC_ASSERT(bench.send("job.start", start(job, "[0,1]")).has_value());
    const double left = left_s(bench.state().jobs.at(job), static_cast<double>(work_s));
    const auto left_us = static_cast<std::int64_t>(std::llround(left * 1e6));
    const bool ends = attempt > 20 || random.below(5) == 0;
    bench.now_us += ends ? left_us : static_cast<std::int64_t>(random.below(left_us));
    const bool lost = random.below(3) == 0;
    if (!ends && !lost) RC_ASSERT(bench.send("job.preempt", by_id(job)).has_value());
    const std::string state = ends ? "succeeded" : lost ? "lost" : "preempted";
    RC_ASSERT(bench
                  .send("job.end", by_id(job, R"(,"attempt":)" + std::to_string(attempt) +
                                                  R"(,"state":")" + state + R"(")"))
                  .has_value());
    if (ends) break;
  }
  const auto shown = bench.ask("job.show", by_id(job));
  const double held = base::get_number(shown, "allocated_device_s");
  const double lost = base::get_number(shown, "lost_device_s");
  RC_ASSERT(std::abs(held - lost - 2 * static_cast<double>(work_s)) < 1e-3);
}

}  // namespace

}  // namespace fulcrum::sched

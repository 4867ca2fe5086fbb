// Devices that are held and not used, measured on real processes.
#include "control/jobs/idle_watch.h"

#include <fstream>

#include "control/jobs/dispatcher_fixture.h"

namespace fulcrum::control {

namespace {

TEST(MeanUse, IsWeighedByTimeAndNotGuessed) {
  using Samples = std::vector<exec::UsageSample>;
  const auto at = [](std::int64_t s, double busy, bool known = true) {
    return exec::UsageSample{s * 1'000'000, 0, 0, busy, known};
  };
  const auto mean = [](const Samples& samples, std::int64_t for_s, std::int64_t now_s) {
    return mean_use(samples, 0, for_s * 1'000'000, now_s * 1'000'000);
  };
  const Samples samples{at(10, 1.0), at(30, 0.0), at(40, 0.5)};
  EXPECT_DOUBLE_EQ(mean(samples, 40, 40)->use, (10 * 1.0 + 10 * 0.5) / 40);
  EXPECT_DOUBLE_EQ(mean(samples, 20, 40)->use, (10 * 0.0 + 10 * 0.5) / 20);
  EXPECT_EQ(mean(samples, 20, 40)->since_us, 20'000'000);
  EXPECT_DOUBLE_EQ(mean(samples, 35, 40)->use, (5 * 1.0 + 10 * 0.5) / 35);
  EXPECT_FALSE(mean(samples, 41, 40));  // it has not run so long
  EXPECT_FALSE(mean(samples, 20, 75));  // nobody has measured lately
  EXPECT_FALSE(mean({}, 20, 40));
  EXPECT_FALSE(mean({at(10, 1.0), at(30, 0.0, false), at(40, 0.5)}, 20, 40));
  EXPECT_TRUE(mean({at(10, 0.0, false), at(40, 0.5)}, 20, 40));  // long ago
}

class Idle : public DispatcherTest {
 protected:
  void reclaim(json::object policy) {
    policy["below"] = 0.05;
    policy["for_s"] = 1;
    const auto reply =
        engine->submit({"reclaim.set", std::move(policy), "member/anna", ledger::Role::kOwner, {}});
    ASSERT_TRUE(reply) << base::describe(reply.error());
  }
  std::string sleeper(bool preemptible) {
    json::object spec = shell("idle", "test -n \"$FULCRUM_PREEMPTED\" || exec sleep 600");
    spec["preemptible"] = preemptible;
    return submit(spec);
  }
};

TEST_F(Idle, ADryRunSaysWhatItWouldDoAndABusyJobIsLeftAlone) {
  open();
  add_node(2);
  const std::string idle = sleeper(true);
  const std::string busy = submit(shell("busy", "while :; do :; done"));
  reclaim({});
  await_events(idle, "job.idle_noticed", 1);
  const auto shown = ask("reclaim.show", {});
  ASSERT_EQ(shown.at("jobs").as_array().size(), 1u);
  const auto& job = shown.at("jobs").at(0);
  EXPECT_EQ(base::get_string(job, "job"), idle);
  EXPECT_EQ(base::get_string(job, "action"), "preempt");
  EXPECT_EQ(base::get_integer(job, "deadline_us"), 0);
  EXPECT_LT(base::get_number(job, "mean_use"), 0.05);
  EXPECT_EQ(base::get_number(shown, "would_free_devices"), 1);
  EXPECT_EQ(events_of(idle, "job.preempt_requested"), 0u);
  EXPECT_EQ(events_of(busy, "job.idle_noticed"), 0u);
  for (const auto& each : {idle, busy})
    ASSERT_TRUE(engine->submit(
        {"job.cancel", json::object{{"job", each}}, "member/anna", ledger::Role::kMember, {}}));
  EXPECT_EQ(wait_job(*engine, busy)->state, "cancelled");
}

TEST_F(Idle, AnIdleJobIsToldAndThenMakesRoom) {
  open();
  add_node(1);
  const std::string job = sleeper(true);
  reclaim({{"dry_run", false}, {"grace_s", 1}});
  await_events(job, "job.idle_noticed", 1);
  const auto shown = ask("job.show", {{"job", job}});
  EXPECT_GT(base::find_path(shown, "idle.deadline_us")->to_number<std::int64_t>(), 0);
  await_events(job, "job.requeued", 1);
  EXPECT_NE(real->log(job, 0, 4000)->find("this job holds 1 devices and used"), std::string::npos);
  EXPECT_EQ(wait_job(*engine, job)->state, "succeeded");
  const auto ended = ask("job.show", {{"job", job}});
  EXPECT_EQ(base::get_string(ended.at("allocations").at(0), "preempt_reason"), "idle");
}

TEST_F(Idle, OneThatCannotStartAgainIsStoppedOnlyWhereThePolicySaysSo) {
  open();
  add_node(1);
  const std::string job = sleeper(false);
  reclaim({{"dry_run", false}, {"grace_s", 0}});
  await_events(job, "job.idle_noticed", 1);
  EXPECT_EQ(base::get_string(ask("reclaim.show", {}).at("jobs").at(0), "action"), "none");
  EXPECT_EQ(events_of(job, "job.cancel_requested"), 0u);
  reclaim({{"dry_run", false}, {"grace_s", 0.1}, {"stop_unpreemptible", true}});
  const auto outcome = wait_job(*engine, job);
  EXPECT_EQ(outcome->state, "cancelled");
}

TEST_F(Idle, ANoticeIsWithdrawnWhenTheJobWorksAgain) {
  open();
  add_node(1);
  const std::string job = submit(
      shell("lazy", "while ! test -e " + folder_ + "/go; do sleep 0.2; done; while :; do :; done"));
  reclaim({{"dry_run", false}, {"grace_s", 600}, {"stop_unpreemptible", true}});
  await_events(job, "job.idle_noticed", 1);
  std::ofstream(folder_ + "/go") << "\n";
  await_events(job, "job.idle_withdrawn", 1);
  EXPECT_EQ(ask("reclaim.show", {}).at("jobs").as_array().size(), 0u);
  ASSERT_TRUE(engine->submit(
      {"job.cancel", json::object{{"job", job}}, "member/anna", ledger::Role::kMember, {}}));
  EXPECT_EQ(wait_job(*engine, job)->state, "cancelled");
}

}  // namespace

}  // namespace fulcrum::control

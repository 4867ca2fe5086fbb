// Running jobs that are asked to make room: real processes, and simulated ones.
#include <chrono>

#include "control/jobs/dispatcher_fixture.h"

namespace fulcrum::control {

namespace {

class MakingRoom : public DispatcherTest {};

TEST_F(MakingRoom, AJobMakesRoomAndStartsAgain) {
  open();
  add_node(1);
  json::object spec = shell("long",
                            "echo attempt=$FULCRUM_ATTEMPT preempted=$FULCRUM_PREEMPTED; "
                            "test -n \"$FULCRUM_PREEMPTED\" || exec sleep 600");
  spec["preemptible"] = true;
  const std::string job = submit(spec);
  await_events(job, "job.started", 1);
  ASSERT_TRUE(preempt(job));
  EXPECT_EQ(wait_job(*engine, job)->state, "succeeded");
  EXPECT_EQ(events_of(job, "job.requeued"), 1u);
  EXPECT_EQ(events_of(job, "job.started"), 2u);
  EXPECT_EQ(dispatcher->log_tail(job), "attempt=2 preempted=1\n");
  const auto shown = ask("job.show", {{"job", job}});
  EXPECT_EQ(base::get_integer(shown, "preemptions"), 1);
  EXPECT_GT(base::get_number(shown, "lost_device_s"), 0);
}

TEST_F(MakingRoom, AJobThatFinishesInItsGraceHasSucceeded) {
  open();
  add_node(1);
  json::object spec = shell(
      "polite", "trap 'exit 0' TERM; touch " + folder_ + "/ready; while :; do sleep 0.05; done");
  spec["preemptible"] = true;
  const std::string job = submit(spec);
  await_file("ready");
  ASSERT_TRUE(preempt(job));
  EXPECT_EQ(wait_job(*engine, job)->state, "succeeded");
  EXPECT_EQ(events_of(job, "job.requeued"), 0u);
}

TEST_F(MakingRoom, AJobThatIgnoresTheRequestIsKilledAfterTheGraceThatWasSaid) {
  open();
  add_node(1);
  json::object spec =
      shell("stubborn", "test -n \"$FULCRUM_PREEMPTED\" && exit 0; trap '' TERM; touch " + folder_ +
                            "/ready; while :; do sleep 0.05; done");
  spec["preemptible"] = true;
  const std::string job = submit(spec);
  await_file("ready");
  const auto asked = std::chrono::steady_clock::now();
  ASSERT_TRUE(preempt(job, 1.0));
  EXPECT_EQ(wait_job(*engine, job)->state, "succeeded");
  EXPECT_GE(std::chrono::steady_clock::now() - asked, std::chrono::milliseconds(950));
  EXPECT_EQ(events_of(job, "job.requeued"), 1u);
}

TEST_F(MakingRoom, ARequestOutlivesTheServer) {
  open(false);
  add_node(1);
  json::object spec = shell("long", "test -n \"$FULCRUM_PREEMPTED\" || exec sleep 600");
  spec["preemptible"] = true;
  const std::string job = submit(spec);
  ASSERT_TRUE(dispatcher->step());
  ASSERT_EQ(events_of(job, "job.started"), 1u);
  ASSERT_TRUE(preempt(job));
  close();  // as if killed before the process was told
  open();
  EXPECT_EQ(wait_job(*engine, job)->state, "succeeded");
  EXPECT_EQ(events_of(job, "job.started"), 2u);
}

TEST_F(MakingRoom, ASimulatedJobGoesOnFromItsCheckpoint) {
  open();
  ASSERT_TRUE(engine->submit(
      {"node.add",
       json::object{
           {"name", "sim"}, {"simulated", true}, {"devices", {{{"index", 0}, {"model", "P100"}}}}},
       "member/anna",
       ledger::Role::kOwner,
       {}}));
  const std::string job = submit({{"name", "s"},
                                  {"simulated", true},
                                  {"predicted_s", 1.0},
                                  {"preemptible", true},
                                  {"min_run_s", 0.5},
                                  {"checkpoint_every_s", 0.1},
                                  {"resources", {{"gpus", 1}}}});
  await_events(job, "job.started", 1);
  while (!preempt(job)) engine->wait_for_events(engine->store().size(), 20'000);
  EXPECT_EQ(wait_job(*engine, job)->state, "succeeded");
  const auto shown = ask("job.show", {{"job", job}});
  const double last_s =
      (base::get_number(shown, "ended_us") - base::get_number(shown, "started_us")) / 1e6;
  EXPECT_GE(base::get_number(shown, "kept_s"), 0.5 - 1e-9);
  EXPECT_LT(last_s, 0.9);  // a whole run takes 1 s
  EXPECT_LT(base::get_number(shown, "lost_device_s"), 0.1 + 1e-9);
}

}  // namespace

}  // namespace fulcrum::control

// The loop between ledger and processes, on a memory ledger and with real processes.
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "control/jobs/dispatcher_fixture.h"
#include "control/jobs/local_node.h"
#include "control/jobs/scheduled_steps.h"

namespace fulcrum::control {

namespace {

TEST_F(DispatcherTest, AJobRunsToItsEndAndIsMetered) {
  open();
  add_node(2);
  const auto outcome = submit_and_watch(*engine, shell("hello", "echo hi; sleep 0.1; exit 3"),
                                        {"member/anna", ledger::Role::kMember});
  ASSERT_TRUE(outcome) << base::describe(outcome.error());
  EXPECT_EQ(outcome->state, "failed");
  EXPECT_EQ(outcome->exit_code, 3);
  EXPECT_GT(outcome->allocated_device_s, 0.09);
  EXPECT_EQ(dispatcher->log_tail(outcome->job), "hi\n");
}

TEST_F(DispatcherTest, JobsShareTheDevicesAndNeverMore) {
  open();
  add_node(2);
  std::vector<std::string> jobs;
  for (int i = 0; i < 6; ++i)
    jobs.push_back(submit(shell("j" + std::to_string(i), "sleep 0.1", 1 + i % 2)));
  std::int64_t most = 0;
  for (const auto& job : jobs) {
    const auto outcome = wait_job(*engine, job, [&] {
      engine->with_pillar("sched", [&](const ledger::Pillar& pillar) {
        std::int64_t used = 0;
        for (const auto& [id, open] : sched::state_of(pillar).jobs)
          used += static_cast<std::int64_t>(open.taken.devices.size());
        most = std::max(most, used);
      });
      return true;
    });
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->state, "succeeded");
  }
  EXPECT_LE(most, 2);
  EXPECT_GE(most, 1);
}

TEST_F(DispatcherTest, AQueuedJobAndARunningJobAreCancelled) {
  open();
  add_node(1);
  const std::string running = submit(shell("running", "sleep 600"));
  const std::string queued = submit(shell("queued", "true"));
  while (events_of(running, "job.started") == 0)
    engine->wait_for_events(engine->store().size(), 50'000);
  for (const auto& job : {queued, running})
    ASSERT_TRUE(engine->submit(
        {"job.cancel", json::object{{"job", job}}, "member/anna", ledger::Role::kMember, {}}));
  EXPECT_EQ(wait_job(*engine, queued)->state, "cancelled");
  EXPECT_EQ(wait_job(*engine, running)->state, "cancelled");
  EXPECT_EQ(events_of(queued, "job.started"), 0u);
}

TEST_F(DispatcherTest, AProgramThatIsNotThereFailsWithTheReason) {
  open();
  add_node(1);
  const auto outcome = submit_and_watch(
      *engine, {{"name", "x"}, {"command", {"no-such-program"}}, {"resources", {{"gpus", 1}}}},
      {"member/anna", ledger::Role::kMember});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->state, "failed");
  EXPECT_EQ(outcome->exit_code, 127);
  EXPECT_NE(outcome->detail.find("no-such-program"), std::string::npos);
}

TEST_F(DispatcherTest, ARestartedServerFindsItsJobAndRecordsItsEndOnce) {
  open();
  add_node(1);
  const std::string job = submit(shell("long", "sleep 0.5; echo end; exit 4"));
  while (events_of(job, "job.started") == 0)
    engine->wait_for_events(engine->store().size(), 50'000);
  close();
  open();
  const auto outcome = wait_job(*engine, job);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->state, "failed");
  EXPECT_EQ(outcome->exit_code, 4);
  EXPECT_EQ(dispatcher->log_tail(job), "end\n");
  EXPECT_EQ(events_of(job, "job.started"), 1u);
  EXPECT_EQ(events_of(job, "job.ended"), 1u);
}

TEST_F(DispatcherTest, AServerThatIsKilledWhileAJobRunsLosesNothing) {
  const pid_t server = ::fork();
  if (server == 0) {
    open();
    add_node(1);
    const std::string job = submit(shell("long", "sleep 0.4; echo $$ >> " + folder_ + "/ran"));
    while (events_of(job, "job.started") == 0)
      engine->wait_for_events(engine->store().size(), 50'000);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(server, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  open();
  const auto jobs = ask("job.list", {});
  const std::string job(jobs.at("jobs").at(0).at("job").as_string());
  EXPECT_EQ(wait_job(*engine, job)->state, "succeeded");
  EXPECT_EQ(events_of(job, "job.ended"), 1u);
  std::ifstream ran(folder_ + "/ran");
  EXPECT_EQ(std::count(std::istreambuf_iterator<char>(ran), {}, '\n'), 1);  // it ran once
}

TEST_F(DispatcherTest, AJobCommittedButNeverStartedIsStartedAfterTheRestart) {
  open(false);
  add_node(1);
  const std::string job = submit(shell("early", "echo ran"));
  ASSERT_TRUE(engine->submit({"job.start",
                              json::object{{"job", job}, {"node", "here"}, {"devices", {0}}},
                              "service/dispatcher",
                              ledger::Role::kService,
                              {}}));
  close();  // as if killed between the commit and the process
  open();
  EXPECT_EQ(wait_job(*engine, job)->state, "succeeded");
  EXPECT_EQ(dispatcher->log_tail(job), "ran\n");
}

TEST_F(DispatcherTest, ALostJobIsRetriedAsOftenAsItAskedFor) {
  open();
  add_node(1);
  // Kills its shim (its parent), once.
  json::object spec = shell("fragile", "test -e " + folder_ + "/once && exit 0; touch " + folder_ +
                                           "/once; kill -9 $PPID; sleep 600");
  spec["max_retries"] = 1;
  const std::string job = submit(spec);
  EXPECT_EQ(wait_job(*engine, job)->state, "succeeded");
  EXPECT_EQ(events_of(job, "job.requeued"), 1u);
  EXPECT_EQ(events_of(job, "job.started"), 2u);
}

TEST_F(DispatcherTest, SimulatedJobsRunOnSimulatedNodesAndStayApart) {
  open();
  ASSERT_TRUE(engine->submit({"node.add",
                              json::object{{"name", "sim"},
                                           {"simulated", true},
                                           {"price_usd_per_hour", 3.6},
                                           {"devices", {{{"index", 0}, {"model", "P100"}}}}},
                              "member/anna",
                              ledger::Role::kOwner,
                              {}}));
  const auto outcome = submit_and_watch(
      *engine,
      {{"name", "s"}, {"simulated", true}, {"predicted_s", 0.2}, {"resources", {{"gpus", 1}}}},
      {"member/anna", ledger::Role::kMember});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->state, "succeeded");
  const auto usage = ask("usage.show", {});
  EXPECT_GT(base::find_path(usage, "simulated.allocated_device_s")->to_number<double>(), 0.19);
  EXPECT_EQ(base::find_path(usage, "real.allocated_device_s")->to_number<double>(), 0);
}

TEST_F(DispatcherTest, EnvironmentAndSecrets) {
  ::setenv("FULCRUM_TEST_SECRET", "hidden-word", 1);
  open();
  add_node(1);
  json::object spec = shell("env",
                            "echo home=$FULCRUM_HOME secret=$FULCRUM_TEST_SECRET "
                            "devices=$FULCRUM_DEVICES");
  auto plain = submit_and_watch(*engine, spec, {"member/anna", ledger::Role::kMember});
  EXPECT_EQ(dispatcher->log_tail(plain->job), "home= secret= devices=0\n");
  spec["with_home"] = true;
  spec["pass_environment"] = {"FULCRUM_TEST_SECRET"};
  auto asked = submit_and_watch(*engine, spec, {"member/anna", ledger::Role::kMember});
  EXPECT_EQ(dispatcher->log_tail(asked->job),
            "home=" + folder_ + " secret=hidden-word devices=0\n");
  ASSERT_TRUE(engine->store().read(1, 0, [](const ledger::Event& event) {
    EXPECT_EQ(event.payload.find("hidden-word"), std::string::npos);
    return true;
  }));
}

TEST_F(DispatcherTest, AStepRunsAndAnInterruptedOneIsStopped) {
  open();
  const auto node = register_local_node(*engine);
  ASSERT_TRUE(node) << base::describe(node.error());
  ASSERT_TRUE(register_local_node(*engine));  // again: nothing new
  auto steps = open_scheduled_steps(*engine, *dispatcher);
  StepJob step{.key = "k1",
               .name = "shop/collect",
               .project = "shop",
               .command = {"sh", "-c", "echo worked"},
               .working_folder = "/",
               .environment = {}};
  const auto end = steps->run(step, [] { return true; });
  ASSERT_TRUE(end) << base::describe(end.error());
  EXPECT_TRUE(end->succeeded);
  EXPECT_EQ(end->state, "done");
  EXPECT_EQ(end->log_tail, "worked\n");
  EXPECT_EQ(steps->run(step, {})->job, end->job);  // the same key is the same job
  step.key = "k2";
  step.command = {"sleep", "600"};
  int ticks = 0;
  const auto interrupted = steps->run(step, [&] { return ++ticks < 4; });
  ASSERT_FALSE(interrupted);
  EXPECT_EQ(interrupted.error().code, "job.interrupted");
  const auto newest = ask("job.list", {{"limit", 1}});
  const std::string job(newest.at("jobs").at(0).at("job").as_string());
  EXPECT_EQ(wait_job(*engine, job)->state, "cancelled");
}

TEST_F(DispatcherTest, SubmitToStartIsQuickWhenIdle) {
  open();
  add_node(1);
  std::vector<double> start_ms, end_ms;
  for (int i = 0; i < 100; ++i) {
    const auto outcome =
        submit_and_watch(*engine, shell("j", "true"), {"member/anna", ledger::Role::kMember});
    ASSERT_TRUE(outcome);
    const auto shown = ask("job.show", {{"job", outcome->job}});
    const double submitted = static_cast<double>(base::get_integer(shown, "submitted_us"));
    start_ms.push_back((static_cast<double>(real->status(outcome->job)->started_us) - submitted) /
                       1e3);
    end_ms.push_back((base::get_number(shown, "ended_us") - submitted) / 1e3);
  }
  std::sort(start_ms.begin(), start_ms.end());
  std::sort(end_ms.begin(), end_ms.end());
  printf("submit to process: p50 %.1f ms, p99 %.1f ms; to recorded end: p50 %.1f ms, p99 %.1f ms\n",
         start_ms[50], start_ms[98], end_ms[50], end_ms[98]);
  EXPECT_LT(start_ms[50],
            1000);  // the target is 50 ms for p99 on an idle machine; this one is busy
}

}  // namespace

}  // namespace fulcrum::control

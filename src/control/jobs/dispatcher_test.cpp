// The loop between ledger and processes, on a memory ledger and with real processes.
#include "control/jobs/dispatcher.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "control/jobs/job_waiting.h"
#include "control/jobs/local_node.h"
#include "control/jobs/scheduled_steps.h"
#include "sched/pillar.h"
#include "sched/read_models.h"

namespace fulcrum::control {

namespace {

namespace json = base::json;

std::unique_ptr<Engine> engine_on(std::unique_ptr<ledger::Store> store) {
  std::vector<std::unique_ptr<ledger::Pillar>> pillars;
  pillars.push_back(sched::make_pillar());
  auto engine = open_engine(std::move(pillars), std::move(store), nullptr, {});
  EXPECT_TRUE(engine) << base::describe(engine.error());
  return std::move(*engine);
}

/// A home with a ledger, an executor and a dispatcher, each of which can be reopened.
class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fulcrum-disp-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~DispatcherTest() override {
    close();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void open(bool start = true) {
    auto store = ledger::open_sqlite_store(folder_ + "/ledger.db", {sched::table_specs(), {}});
    ASSERT_TRUE(store) << base::describe(store.error());
    engine = engine_on(std::move(*store));
    auto opened = exec::open_local_executor({folder_ + "/jobs", FULCRUM_BIN_DIR "/fulcrum-shim"});
    ASSERT_TRUE(opened) << base::describe(opened.error());
    real = std::move(*opened);
    simulated = exec::open_simulated_executor(base::system_clock());
    DispatcherOptions options;
    options.home = folder_;
    options.environment = default_job_environment();
    options.grace_us = 200'000;
    dispatcher = std::make_unique<Dispatcher>(*engine, *real, *simulated, options);
    if (start) {
      ASSERT_TRUE(dispatcher->start());
    }
  }
  void close() {
    dispatcher.reset();
    simulated.reset();
    real.reset();
    engine.reset();
  }
  void add_node(int devices) {
    json::array list;
    for (int i = 0; i < devices; ++i) list.push_back(json::object{{"index", i}, {"model", "core"}});
    ASSERT_TRUE(engine->submit({"node.add",
                                json::object{{"name", "here"},
                                             {"device_kind", "core"},
                                             {"cpu_milli", devices * 1000},
                                             {"devices", std::move(list)}},
                                "member/anna",
                                ledger::Role::kOwner,
                                {}}));
  }
  std::string submit(json::object spec, const std::string& key = {}) {
    auto job = submit_job(*engine, std::move(spec), {"member/anna", ledger::Role::kMember}, key);
    EXPECT_TRUE(job) << base::describe(job.error());
    return job ? *job : "";
  }
  static json::object shell(const std::string& name, const std::string& script, int gpus = 1) {
    return {{"name", name}, {"command", {"sh", "-c", script}}, {"resources", {{"gpus", gpus}}}};
  }
  std::size_t events_of(const std::string& job, const std::string& kind) {
    std::size_t count = 0;
    EXPECT_TRUE(engine->store().read_stream("job/" + job, [&](const ledger::Event& event) {
      count += event.kind == kind;
      return true;
    }));
    return count;
  }
  void await_events(const std::string& job, const std::string& kind, std::size_t count) {
    while (events_of(job, kind) < count) engine->wait_for_events(engine->store().size(), 50'000);
  }
  base::Status preempt(const std::string& job, double grace_s = 0) {
    const auto reply = engine->submit({"job.preempt",
                                       json::object{{"job", job}, {"grace_s", grace_s}},
                                       "member/anna",
                                       ledger::Role::kMember,
                                       {}});
    if (!reply) return base::Failure(reply.error());
    return {};
  }
  void await_file(const std::string& name) {
    while (!std::filesystem::exists(folder_ + "/" + name))
      engine->wait_for_events(engine->store().size(), 20'000);
  }
  json::value ask(const std::string& query, json::object parameters) {
    auto answer = engine->query(query, std::move(parameters), "member/anna", ledger::Role::kMember);
    EXPECT_TRUE(answer) << base::describe(answer.error());
    return answer ? *answer : json::value();
  }

  std::string folder_;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<exec::Executor> real, simulated;
  std::unique_ptr<Dispatcher> dispatcher;
};

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

TEST_F(DispatcherTest, AJobMakesRoomAndStartsAgain) {
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

TEST_F(DispatcherTest, AJobThatFinishesInItsGraceHasSucceeded) {
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

TEST_F(DispatcherTest, AJobThatIgnoresTheRequestIsKilledAfterTheGraceThatWasSaid) {
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

TEST_F(DispatcherTest, ARequestOutlivesTheServer) {
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

TEST_F(DispatcherTest, ASimulatedJobGoesOnFromItsCheckpoint) {
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

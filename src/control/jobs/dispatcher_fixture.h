#pragma once
// A home with a ledger and real processes, for tests of what the dispatcher does.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>

#include "control/jobs/dispatcher.h"
#include "control/jobs/job_waiting.h"
#include "sched/pillar.h"
#include "sched/read_models.h"

namespace fulcrum::control {

namespace json = base::json;

/// The system's clock, or ahead of it.
class AheadClock final : public base::Clock {
 public:
  std::int64_t now_us() const override { return base::system_clock().now_us() + ahead_us_; }
  void skip_s(std::int64_t seconds) { ahead_us_ += seconds * 1'000'000; }

 private:
  std::atomic<std::int64_t> ahead_us_ = 0;
};

inline std::unique_ptr<Engine> engine_on(std::unique_ptr<ledger::Store> store,
                                         const base::Clock& clock) {
  std::vector<std::unique_ptr<ledger::Pillar>> pillars;
  pillars.push_back(sched::make_pillar());
  EngineOptions options;
  options.clock = &clock;
  auto engine = open_engine(std::move(pillars), std::move(store), nullptr, options);
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
    engine = engine_on(std::move(*store), clock);
    auto opened = exec::open_local_executor({folder_ + "/jobs", FULCRUM_BIN_DIR "/fulcrum-shim"});
    ASSERT_TRUE(opened) << base::describe(opened.error());
    real = std::move(*opened);
    simulated = exec::open_simulated_executor(base::system_clock());
    DispatcherOptions options;
    options.home = folder_;
    options.environment = default_job_environment();
    options.grace_us = 200'000;
    options.clock = &clock;
    options.orphans = {.node = "here", .period_us = 100'000, .grace_us = 300'000};
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
  AheadClock clock;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<exec::Executor> real, simulated;
  std::unique_ptr<Dispatcher> dispatcher;
};

}  // namespace fulcrum::control

// Processes that run although the ledger says that their job does not.
#include "control/jobs/orphan_watch.h"

#include "control/jobs/dispatcher_fixture.h"

namespace fulcrum::control {

namespace {

class OrphanTest : public DispatcherTest {
 protected:
  bool lives(const std::string& run) {
    const auto living = real->living();
    if (!living) return true;
    for (const auto& job : *living)
      if (job.job_id == run) return true;
    return false;
  }
  json::value first_orphan() {
    for (;;) {
      const auto list = ask("orphan.list", {});
      if (!list.at("orphans").as_array().empty()) return list.at("orphans").at(0);
      engine->wait_for_events(engine->store().size(), 50'000);
    }
  }
  void await_none(const std::string& run) {
    while (lives(run) || !ask("orphan.list", {}).at("orphans").as_array().empty())
      engine->wait_for_events(engine->store().size(), 50'000);
  }
};

TEST_F(OrphanTest, WhatRunsAfterItsEndIsRecordedAndStopped) {
  open(false);
  add_node(1);
  const std::string job = submit(shell("ghost", "sleep 600 & exec sleep 600"));
  ASSERT_TRUE(dispatcher->step());
  ASSERT_TRUE(lives(job));
  // Somebody says that it ended, and the server goes before it hears of it.
  ASSERT_TRUE(engine->submit({"job.end",
                              json::object{{"job", job}, {"attempt", 1}, {"state", "lost"}},
                              "service/dispatcher",
                              ledger::Role::kService,
                              {}}));
  close();
  open();
  const auto orphan = first_orphan();
  EXPECT_EQ(base::get_string(orphan, "run"), job);
  EXPECT_EQ(base::get_string(orphan, "node"), "here");
  EXPECT_EQ(base::get_string(orphan, "reason"), "ended");
  EXPECT_EQ(base::get_integer(orphan, "processes"), 2);
  EXPECT_EQ(base::to_text(orphan.at("devices")), "[0]");
  await_none(job);
  EXPECT_EQ(events_of(job, "orphan.found"), 1u);
  EXPECT_EQ(events_of(job, "orphan.gone"), 1u);
}

TEST_F(OrphanTest, WhatTheLedgerNeverKnewIsStoppedAndServicesAreNot) {
  open();
  const auto start = [&](const std::string& id) {
    ASSERT_TRUE(
        real->start({.job_id = id, .command = {"/bin/sleep", "600"}, .working_folder = "/"}));
  };
  const std::string stranger = "01JAAAAAAAAAAAAAAAAAAAAAAA.2", service = "shop-server-1";
  start(stranger);
  start(service);
  EXPECT_EQ(base::get_string(first_orphan(), "reason"), "unknown");
  await_none(stranger);
  EXPECT_TRUE(lives(service));
  ASSERT_TRUE(real->stop(service));
}

TEST_F(OrphanTest, ARunningJobIsNone) {
  open(false);
  add_node(1);
  const std::string job = submit(shell("fine", "exec sleep 600"));
  ASSERT_TRUE(dispatcher->step());
  OrphanWatch watch(*engine, *real, {.node = "here", .period_us = 0, .grace_us = 0});
  for (std::int64_t now_us = 1; now_us < 4; ++now_us) ASSERT_TRUE(watch.step(now_us));
  EXPECT_TRUE(lives(job));
  EXPECT_EQ(ask("orphan.list", {}).at("orphans").as_array().size(), 0u);
  ASSERT_TRUE(real->stop(job));
}

}  // namespace

}  // namespace fulcrum::control

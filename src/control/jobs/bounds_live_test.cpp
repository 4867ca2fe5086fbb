// Policies, quotas and reserved nodes, as they bind real processes.
#include <algorithm>
#include <fstream>

#include "control/jobs/dispatcher_fixture.h"

namespace fulcrum::control {

namespace {

/// No policy stops a start sooner.
constexpr std::int64_t kProtectedS = 61;

class BoundsLive : public DispatcherTest {
 protected:
  void set(const std::string& command, json::object body) {
    const auto reply =
        engine->submit({command, std::move(body), "member/anna", ledger::Role::kOwner, {}});
    ASSERT_TRUE(reply) << base::describe(reply.error());
  }
  /// Works until it was stopped once.
  std::string long_job(const std::string& project) {
    json::object spec = shell("long", "test -n \"$FULCRUM_PREEMPTED\" || exec sleep 600");
    spec["project"] = project;
    spec["preemptible"] = true;
    spec["predicted_s"] = 600;
    return submit(std::move(spec));
  }
  std::string first_start(const std::string& job, const char* field) {
    return base::get_string(ask("job.show", {{"job", job}}).at("allocations").at(0), field);
  }
  std::size_t running(const std::string& project) {
    std::size_t count = 0;
    engine->with_pillar("sched", [&](const ledger::Pillar& pillar) {
      for (const auto& [id, job] : sched::state_of(pillar).jobs)
        count += job.phase == sched::JobPhase::kRunning && job.spec.project == project;
    });
    return count;
  }
};

TEST_F(BoundsLive, AMoreUrgentJobTakesThePlaceOfARunningOne) {
  open();
  add_node(1);
  set("policy.set", {{"policy", "smith"}, {"preempt", "by_priority"}});
  const std::string low = long_job("lab");
  await_events(low, "job.started", 1);
  clock.skip_s(kProtectedS);
  json::object urgent = shell("urgent", "true");
  urgent["priority"] = 100;
  urgent["predicted_s"] = 1;
  const std::string high = submit(std::move(urgent));
  EXPECT_EQ(wait_job(*engine, high)->state, "succeeded");
  EXPECT_EQ(wait_job(*engine, low)->state, "succeeded");
  EXPECT_EQ(first_start(low, "outcome"), "preempted");
  EXPECT_EQ(first_start(low, "preempt_reason"), "priority");
  EXPECT_EQ(first_start(low, "made_room_for"), high);
  EXPECT_EQ(events_of(low, "job.preempt_requested"), 1u);
}

TEST_F(BoundsLive, AGuaranteeIsTakenBackFromWhoBorrowedIt) {
  open();
  add_node(2);
  set("quota.set", {{"quota", "shop"}, {"guaranteed_devices", 1}});
  set("quota.set", {{"quota", "lab"}, {"guaranteed_devices", 1}});
  set("policy.set", {{"policy", "fifo"}, {"preempt", "quota_reclaim"}});
  const std::string own = long_job("lab"), borrowing = long_job("lab");
  await_events(own, "job.started", 1);
  await_events(borrowing, "job.started", 1);
  clock.skip_s(kProtectedS);
  json::object spec = shell("due", "true");
  spec["project"] = "shop";
  const std::string due = submit(std::move(spec));
  EXPECT_EQ(wait_job(*engine, due)->state, "succeeded");
  const std::size_t stops = events_of(own, "job.requeued") + events_of(borrowing, "job.requeued");
  EXPECT_EQ(stops, 1u);
  for (const auto& job : {own, borrowing}) set("job.cancel", {{"job", job}});
}

TEST_F(BoundsLive, ALimitHoldsAndIsTheReason) {
  open();
  add_node(2);
  set("quota.set", {{"quota", "shop"}, {"limit_devices", 1}});
  const auto one = [&](const char* name) {
    json::object spec =
        shell(name, "while ! test -e " + folder_ + "/go; do sleep 0.05; done; sleep 0.2");
    spec["project"] = "shop";
    return submit(std::move(spec));
  };
  const std::string first = one("first"), second = one("second");
  await_events(first, "job.started", 1);
  const auto why = ask("job.why", {{"job", second}});
  EXPECT_EQ(base::find_path(why, "reason.code")->as_string(), "quota");
  EXPECT_EQ(base::find_path(why, "reason.resource")->as_string(), "shop");
  std::ofstream(folder_ + "/go") << "\n";
  std::size_t most = 0;
  const auto outcome = wait_job(*engine, second, [&] {
    most = std::max(most, running("shop"));
    return true;
  });
  EXPECT_EQ(outcome->state, "succeeded");
  EXPECT_EQ(most, 1u);
}

TEST_F(BoundsLive, AJobWaitsForTheEndOfAMaintenance) {
  open();
  add_node(1);
  const std::int64_t until_us = base::system_clock().now_us() + 1'500'000;
  set("reservation.add", {{"reservation", "fans"}, {"nodes", {"here"}}, {"until_us", until_us}});
  const std::string job = submit(shell("patient", "true"));
  const auto outcome = wait_job(*engine, job);
  EXPECT_EQ(outcome->state, "succeeded");
  EXPECT_GE(base::get_integer(ask("job.show", {{"job", job}}), "started_us"), until_us);
}

}  // namespace

}  // namespace fulcrum::control

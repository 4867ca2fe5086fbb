// Quotas, reservations and preemption where the ledger's jobs are placed.
#include "sched/sched_fixture.h"

namespace fulcrum::sched {

namespace {

std::string submit(Bench& bench, const std::string& project, unsigned gpus,
                   const std::string& more = "") {
  return job_of(bench.send("job.submit", R"({"name":"j","command":["true"],"project":")" + project +
                                             R"(","resources":{"gpus":)" + std::to_string(gpus) +
                                             "}" + more + "}"));
}

Schedule next(Bench& bench) {
  Cache cache;
  return schedule(view_of(bench.state(), bench.now_us), {}, cache);
}

std::string gpus(const std::string& name, int count) {
  std::string devices;
  for (int i = 0; i < count; ++i)
    devices += (i > 0 ? "," : "") + std::string(R"({"index":)") + std::to_string(i) + "}";
  return R"({"name":")" + name + R"(","cpu_milli":8000,"devices":[)" + devices + "]}";
}

/// Starts whatever may start.
void start_all(Bench& bench) {
  for (const Placement& placement : next(bench).placements) {
    std::string devices;
    for (const auto device : placement.taken.devices)
      devices += (devices.empty() ? "" : ",") + std::to_string(device);
    ASSERT_TRUE(bench.send("job.start", start(placement.job, "[" + devices + "]")));
  }
}

TEST(Bounds, AQuotaKeepsItsLimitAndWhyNamesIt) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  ASSERT_TRUE(bench.send("quota.set", R"({"quota":"shop","limit_devices":1})", "olga",
                         ledger::Role::kOwner));
  submit(bench, "shop", 1);
  const std::string second = submit(bench, "shop", 1);
  const std::string other = submit(bench, "search", 1);
  start_all(bench);
  EXPECT_EQ(bench.state().jobs.at(second).phase, JobPhase::kQueued);
  EXPECT_EQ(bench.state().jobs.at(other).phase, JobPhase::kRunning);  // nobody is held up
  const auto why = bench.ask("job.why", R"({"job":")" + second + R"("})");
  EXPECT_EQ(base::find_path(why, "reason.code")->as_string(), "quota");
  EXPECT_EQ(base::find_path(why, "reason.resource")->as_string(), "shop");
  EXPECT_EQ(base::find_path(why, "reason.capacity")->to_number<std::int64_t>(), 1000);
}

TEST(Bounds, ASmallJobDoesNotPassALargeOneOfItsQuotaAndWhySaysSo) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", gpus("n1", 8)));
  ASSERT_TRUE(bench.send("quota.set", R"({"quota":"shop","limit_devices":3})", "olga",
                         ledger::Role::kOwner));
  submit(bench, "shop", 2);
  const std::string large = submit(bench, "shop", 3);
  const std::string small = submit(bench, "shop", 1);
  start_all(bench);
  const auto why = bench.ask("job.why", R"({"job":")" + small + R"("})");
  EXPECT_EQ(base::find_path(why, "reason.code")->as_string(), "behind");
  EXPECT_EQ(base::find_path(why, "reason.job")->as_string(), large);
}

TEST(Bounds, AGuaranteeIsTakenBackFromABorrower) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  for (const char* quota : {R"({"quota":"shop","guaranteed_devices":1})",
                            R"({"quota":"search","guaranteed_devices":1})"})
    ASSERT_TRUE(bench.send("quota.set", quota, "olga", ledger::Role::kOwner));
  ASSERT_TRUE(bench.send("policy.set", R"({"policy":"quota_fair"})", "olga", ledger::Role::kOwner));
  submit(bench, "shop", 1, R"(,"preemptible":true)");
  const std::string late = submit(bench, "shop", 1, R"(,"preemptible":true)");
  start_all(bench);
  bench.now_us += 100'000'000;
  const std::string due = submit(bench, "search", 1);
  const Schedule asked = next(bench);
  ASSERT_EQ(asked.preemptions.size(), 1U);
  EXPECT_EQ(asked.preemptions[0].for_job, due);
  EXPECT_EQ(asked.preemptions[0].reason, PreemptReason::kQuota);
  const std::string victim = asked.preemptions[0].job;
  ASSERT_TRUE(bench.send(
      "job.preempt", R"({"job":")" + victim + R"(","reason":"quota","for_job":")" + due + R"("})"));
  EXPECT_TRUE(next(bench).preemptions.empty());  // nobody is asked twice
  ASSERT_TRUE(
      bench.send("job.end", R"({"job":")" + victim + R"(","attempt":1,"state":"preempted"})"));
  const Schedule then = next(bench);
  ASSERT_EQ(then.placements.size(), 1U);
  EXPECT_EQ(then.placements[0].job, due);
  (void)late;
}

TEST(Bounds, NobodyStartsWhatMaintenanceWouldMeet) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  const auto at = [&](std::int64_t seconds) {
    return std::to_string(bench.now_us + seconds * 1'000'000);
  };
  ASSERT_TRUE(bench.send("reservation.add",
                         R"({"reservation":"upkeep","nodes":["n1"],"from_us":)" + at(600) +
                             R"(,"until_us":)" + at(1200) + "}",
                         "olga", ledger::Role::kOwner));
  const std::string lengthy = submit(bench, "shop", 1, R"(,"predicted_s":3600)");
  const std::string brief = submit(bench, "shop", 1, R"(,"predicted_s":60)");
  start_all(bench);
  EXPECT_EQ(bench.state().jobs.at(lengthy).phase, JobPhase::kQueued);
  EXPECT_EQ(bench.state().jobs.at(brief).phase, JobPhase::kRunning);
  const auto why = bench.ask("job.why", R"({"job":")" + lengthy + R"("})");
  EXPECT_EQ(base::find_path(why, "reason.code")->as_string(), "window");
  bench.now_us += 1'300'000'000;
  EXPECT_EQ(next(bench).placements.size(), 1U);
}

TEST(Bounds, TurnsAreTakenAmongQuotasBeforeAmongOwners) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  for (const char* quota : {R"({"quota":"big"})", R"({"quota":"small"})"})
    ASSERT_TRUE(bench.send("quota.set", quota, "olga", ledger::Role::kOwner));
  ASSERT_TRUE(bench.send("policy.set", R"({"policy":"fair_share"})", "olga", ledger::Role::kOwner));
  submit(bench, "big", 1, R"(,"owner":"anna")");
  start_all(bench);
  bench.now_us += 3600'000'000;  // big used an hour, small nothing
  const std::string bo = submit(bench, "big", 1, R"(,"owner":"bo")");
  const std::string chen = submit(bench, "small", 1, R"(,"owner":"chen")");
  const Schedule then = next(bench);
  ASSERT_EQ(then.placements.size(), 1U);
  EXPECT_EQ(then.placements[0].job, chen);  // bo himself used nothing either, and came first
  EXPECT_EQ(queue_order(view_of(bench.state(), bench.now_us), false),
            (std::vector<std::string>{chen, bo}));
}

TEST(Bounds, AJobGoesToWhereItsDatasetLies) {
  Bench bench;
  for (const char* node : {R"({"name":"a","cpu_milli":8000,"devices":[{"index":0},{"index":1}]})",
                           R"({"name":"b","cpu_milli":8000,"devices":[{"index":0},{"index":1}],)"
                           R"("datasets":["clicks@7"]})"})
    ASSERT_TRUE(bench.send("node.add", node));
  submit(bench, "shop", 1, R"(,"dataset":"clicks@7")");
  EXPECT_EQ(next(bench).placements.at(0).node, "a");  // the tightest, first by name
  ASSERT_TRUE(bench.send("policy.set", R"({"place":"near_data"})", "olga", ledger::Role::kOwner));
  EXPECT_EQ(next(bench).placements.at(0).node, "b");
  submit(bench, "shop", 2, R"(,"dataset":"clicks@7")");
  submit(bench, "shop", 2, R"(,"dataset":"other@1")");
  EXPECT_EQ(next(bench).placements.size(), 2U);  // a preference: nobody waits for it
}

}  // namespace

}  // namespace fulcrum::sched

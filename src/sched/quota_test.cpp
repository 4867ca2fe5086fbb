// The tree of quotas: what may be promised, who counts where, and money by the month.
#include "sched/quota.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "sched/sched_fixture.h"

namespace fulcrum::sched {

namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kDayUs = 24 * kHourUs;
constexpr std::int64_t k30November2026Us = 1'795'996'800'000'000;  // 00:00 UTC

std::string set(Bench& bench, const std::string& body) {
  const auto reply = bench.send("quota.set", body, "member/anna", ledger::Role::kOwner);
  return reply ? "" : reply.error().code;
}

std::string submit(Bench& bench, const std::string& more) {
  return job_of(bench.send("job.submit",
                           R"({"name":"j","command":["x"],"resources":{"gpus":1})" + more + "}"));
}

void end(Bench& bench, const std::string& job) {
  ASSERT_TRUE(bench.send("job.end", R"({"job":")" + job + R"(","attempt":1,"state":"succeeded"})"));
}

TEST(Quota, TheTreeIsChecked) {
  Bench bench;
  EXPECT_EQ(set(bench, R"({"quota":""})"), "quota.name");
  EXPECT_EQ(set(bench, R"({"quota":"a","parent":"b"})"), "quota.parent_unknown");
  EXPECT_EQ(set(bench, R"({"quota":"a","parent":"a"})"), "quota.cycle");
  EXPECT_EQ(set(bench, R"({"quota":"a","guaranteed_devices":-1})"), "quota.amount");
  EXPECT_EQ(set(bench, R"({"quota":"a","budget_usd":-1})"), "quota.amount");
  EXPECT_EQ(set(bench, R"({"quota":"a","share":0})"), "quota.share");
  EXPECT_EQ(set(bench, R"({"quota":"a","guaranteed_devices":3,"limit_devices":2})"),
            "quota.over_limit");
  EXPECT_EQ(set(bench, R"({"quota":"all","guaranteed_devices":8})"), "");
  EXPECT_EQ(set(bench, R"({"quota":"a","parent":"all","guaranteed_devices":5})"), "");
  EXPECT_EQ(set(bench, R"({"quota":"b","parent":"all","guaranteed_devices":4})"),
            "quota.over_promised");
  EXPECT_EQ(set(bench, R"({"quota":"b","parent":"all","guaranteed_devices":3})"), "");
  EXPECT_EQ(set(bench, R"({"quota":"all","guaranteed_devices":7})"), "quota.over_promised");
  EXPECT_EQ(set(bench, R"({"quota":"all","parent":"b","guaranteed_devices":8})"), "quota.cycle");
  const auto remove = [&](const std::string& quota) {
    const auto reply = bench.send("quota.remove", R"({"quota":")" + quota + R"("})");
    return reply ? "" : reply.error().code;
  };
  EXPECT_EQ(remove("all"), "quota.has_children");
  EXPECT_EQ(remove("a"), "");
  EXPECT_EQ(remove("a"), "quota.unknown");
  const auto list = bench.ask("quota.list", "{}");
  ASSERT_EQ(base::find_path(list, "quotas")->get_array().size(), 2u);
  EXPECT_EQ(base::get_integer(base::find_path(list, "quotas")->get_array()[1], "depth"), 1);
}

TEST(Quota, AJobCountsInItsQuotaAndAllAboveIt) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  ASSERT_EQ(set(bench, R"({"quota":"all"})"), "");
  ASSERT_EQ(set(bench, R"({"quota":"shop","parent":"all","guaranteed_devices":1})"), "");
  ASSERT_EQ(set(bench, R"({"quota":"research","parent":"all"})"), "");
  const std::string a = submit(bench, R"(,"project":"shop","team":"research")");
  const std::string b = submit(bench, R"(,"project":"other","team":"research")");
  const std::string c = submit(bench, R"(,"project":"shop")");
  ASSERT_TRUE(bench.send("job.start", start(a, "[0]")));
  ASSERT_TRUE(bench.send("job.start", start(b, "[1]")));
  const auto held = [&](const std::string& quota) {
    return base::get_number(bench.ask("quota.show", R"({"quota":")" + quota + R"("})"),
                            "held_devices");
  };
  EXPECT_EQ(held("shop"), 1);
  EXPECT_EQ(held("research"), 1);
  EXPECT_EQ(held("all"), 2);
  const auto all = bench.ask("quota.show", R"({"quota":"all"})");
  EXPECT_EQ(base::get_integer(all, "waiting_jobs"), 1);
  EXPECT_EQ(base::find_path(all, "jobs")->get_array().size(), 2u);
  EXPECT_EQ(base::get_number(bench.ask("quota.show", R"({"quota":"shop"})"), "borrowed_devices"),
            0);
  // Another place in the tree: what runs counts there from now on.
  ASSERT_EQ(set(bench, R"({"quota":"shop","guaranteed_devices":1})"), "");
  EXPECT_EQ(held("all"), 1);
  end(bench, a);
  EXPECT_EQ(held("shop"), 0);
  end(bench, b);
  EXPECT_EQ(held("all"), 0);
}

TEST(Quota, PeriodsAreTheCalendarsInUtc) {
  const std::int64_t now_us = k30November2026Us + 5 * kHourUs;
  const Period month = period_at(BudgetPeriod::kMonth, now_us);
  EXPECT_EQ(month.from_us, k30November2026Us - 29 * kDayUs);
  EXPECT_EQ(month.until_us, k30November2026Us + kDayUs);
  const Period quarter = period_at(BudgetPeriod::kQuarter, now_us);
  EXPECT_EQ(quarter.from_us, k30November2026Us - 60 * kDayUs);
  EXPECT_EQ(quarter.until_us, k30November2026Us + 32 * kDayUs);
  EXPECT_EQ(period_at(BudgetPeriod::kYear, now_us).until_us, quarter.until_us);
  const Period last = period_at(BudgetPeriod::kYear, INT64_MAX);  // of the year 9999
  EXPECT_LT(last.from_us, last.until_us);
}

TEST(Quota, AUsedUpBudgetStopsStartsUntilThePeriodBeginsAnew) {
  Bench bench;
  bench.now_us = k30November2026Us + 20 * kHourUs;  // four hours before December
  ASSERT_TRUE(bench.send("node.add", kNode));       // 4 USD per device and hour
  ASSERT_EQ(set(bench, R"({"quota":"shop","budget_usd":10,"budget_period":"month"})"), "");
  const std::string a = submit(bench, R"(,"project":"shop")");
  const std::string b = submit(bench, R"(,"project":"shop")");
  const std::string c = submit(bench, R"(,"project":"other")");
  ASSERT_TRUE(bench.send("job.start", start(a, "[0]")));
  const auto next = [&] {
    Cache cache;
    return schedule(view_of(bench.state(), bench.now_us), {}, cache);
  };
  EXPECT_EQ(next().placements.at(0).job, b);
  bench.now_us += 3 * kHourUs;  // what runs has cost 12 USD by now, and is not stopped
  const Schedule stopped = next();
  ASSERT_EQ(stopped.placements.size(), 1u);
  EXPECT_EQ(stopped.placements[0].job, c);  // a job outside of the quota passes
  ASSERT_EQ(stopped.refusals.size(), 1u);
  const Refusal& refusal = stopped.refusals[0].refusal;
  EXPECT_EQ(refusal.code, RefusalCode::kBudget);
  EXPECT_EQ(refusal.resource, "shop");
  EXPECT_DOUBLE_EQ(refusal.spent_usd, 12);
  EXPECT_EQ(refusal.from_us, k30November2026Us + kDayUs);
  EXPECT_EQ(bench.send("job.start", start(b, "[1]")).error().code, "job.budget");
  EXPECT_EQ(bench.state().jobs.at(a).phase, JobPhase::kRunning);
  bench.now_us += 2 * kHourUs;  // an hour of December
  EXPECT_EQ(next().placements.at(0).job, b);
  end(bench, a);
  const QuotaUse& use = bench.state().quotas.at("shop").use;
  EXPECT_DOUBLE_EQ(use.spent_usd.at("2026-11"), 16);
  EXPECT_DOUBLE_EQ(use.spent_usd.at("2026-12"), 4);
  EXPECT_DOUBLE_EQ(spent_usd(use, BudgetPeriod::kTotal, bench.now_us), 20);
  EXPECT_DOUBLE_EQ(spent_usd(use, BudgetPeriod::kMonth, bench.now_us), 4);
}

TEST(Quota, WhyNamesTheBudgetAndTheQueueShowsTheJob) {
  Bench bench;
  ASSERT_TRUE(bench.send("node.add", kNode));
  ASSERT_EQ(set(bench, R"({"quota":"shop","budget_usd":1})"), "");
  const std::string a = submit(bench, R"(,"project":"shop")");
  const std::string b = submit(bench, R"(,"project":"shop")");
  ASSERT_TRUE(bench.send("job.start", start(a, "[0]")));
  bench.now_us += kHourUs;
  end(bench, a);
  const auto why = bench.ask("job.why", R"({"job":")" + b + R"("})");
  EXPECT_EQ(base::find_path(why, "reason.code")->as_string(), "budget");
  EXPECT_EQ(base::find_path(why, "unblock.when")->as_string(), "budget");
  const auto queue = bench.ask("queue.show", "{}");
  EXPECT_EQ(base::find_path(queue, "waiting")->get_array().size(), 1u);
  ASSERT_EQ(set(bench, R"({"quota":"shop","budget_usd":100})"), "");
  EXPECT_EQ(base::find_path(bench.ask("job.why", R"({"job":")" + b + R"("})"), "unblock.when")
                ->as_string(),
            "now");
}

/// Whatever happens, a quota holds what its running jobs hold, and all money ends up in the months.
RC_GTEST_PROP(Quota, HoldsAndSpendsWhatItsJobsDo, (std::uint64_t seed)) {
  RC_LOG() << "seed " << seed;
  base::Random random(seed);
  Quotas quotas;
  for (const char* name : {"root", "left", "right"}) quotas[name].quota.quota = name;
  quotas["left"].quota.parent = quotas["right"].quota.parent = "root";
  std::vector<OpenJob> running;
  double paid_usd = 0;
  std::int64_t now_us = k30November2026Us;
  for (int step = 0; step < 100; ++step) {
    const auto passed_us = static_cast<std::int64_t>(random.below(9 * kDayUs));
    for (const OpenJob& job : running)
      paid_usd += static_cast<double>(passed_us) / 3.6e9 * job.node_price_usd_per_hour;
    now_us += passed_us;
    OpenJob job;
    job.spec.project = random.below(2) == 0 ? "left" : "right";
    job.device_milli = static_cast<std::int64_t>(random.below(8'000));
    job.node_price_usd_per_hour = static_cast<double>(random.below(500)) / 100;
    const bool starts = running.empty() || random.below(2) == 0;
    if (!starts) job = running.back();
    if (starts)
      running.push_back(job);
    else
      running.pop_back();
    charge_quotas(quotas, job.spec, starts ? 1 : -1, job.device_milli, job.node_price_usd_per_hour,
                  now_us);
    std::int64_t held = 0;
    for (const OpenJob& other : running) held += other.device_milli;
    RC_ASSERT(quotas["root"].use.held_milli == held);
    RC_ASSERT(quotas["left"].use.held_milli + quotas["right"].use.held_milli == held);
    const double spent = spent_usd(quotas["root"].use, BudgetPeriod::kTotal, now_us);
    RC_ASSERT(std::abs(spent - paid_usd) <= 1e-6 * (1 + paid_usd));
  }
}

}  // namespace

}  // namespace fulcrum::sched

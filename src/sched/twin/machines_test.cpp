// Kinds of nodes, their models and their prices.
#include <gtest/gtest.h>

#include <cmath>

#include "sched/stages/presets.h"
#include "sched/twin/prices.h"
#include "sched/twin/scenario.h"

namespace fulcrum::sched {

namespace {

TEST(Machines, AClusterIsSaidAsKindsOfNodes) {
  const auto size = parse_cluster("64x8xV100,16x4,2x1xrtx3090");
  ASSERT_TRUE(size) << base::describe(size.error());
  EXPECT_EQ(size->nodes, 64U);
  EXPECT_EQ(size->devices, 8U);
  EXPECT_EQ(size->model, "V100");
  ASSERT_EQ(size->more.size(), 2U);
  EXPECT_EQ(size->more[0].model, "");
  EXPECT_EQ(size->more[1].model, "rtx3090");
  EXPECT_EQ(devices_of(*size), 64 * 8 + 16 * 4 + 2);
  for (const char* text : {"", "8", "x8", "8x", "0x8", "8x0", "8xV100", "8x8x,2x2", "8x8,", "-1x8",
                           "8x99999999999", "99999999x8"}) {
    const bool also_model = std::string(text) == "8x8x,2x2";  // an empty model is none
    EXPECT_EQ(bool(parse_cluster(text)), also_model) << text;
    if (!also_model) {
      EXPECT_EQ(parse_cluster(text).error().code, "sim.cluster") << text;
    }
  }
}

TEST(Machines, AddedNodesAreLikeTheOthersUnlessTheySay) {
  ClusterSize base{4, 8, 2.0};
  base.cpu_milli = 64'000;
  base.memory_bytes = 800;
  const auto added = parse_added("8xA100,2x4xH100,1x2", base);
  ASSERT_TRUE(added) << base::describe(added.error());
  ASSERT_EQ(added->size(), 3U);
  EXPECT_EQ((*added)[0].nodes, 8U);
  EXPECT_EQ((*added)[0].devices, 8U);
  EXPECT_EQ((*added)[0].model, "A100");
  EXPECT_EQ((*added)[1].devices, 4U);
  EXPECT_EQ((*added)[1].cpu_milli, 32'000);
  EXPECT_EQ((*added)[2].model, "");
  EXPECT_EQ((*added)[2].memory_bytes, 200);
  const auto of_digits = parse_added("8x2080Ti", base);
  ASSERT_TRUE(of_digits);
  EXPECT_EQ(of_digits->front().model, "2080Ti");
  for (const char* text : {"A100", "8x", "xA100", "0xA100", "8x0xA100", ""})
    EXPECT_EQ(parse_added(text, base).error().code, "whatif.add_nodes") << text;
}

TEST(Machines, PricesAreOfDevicesByModel) {
  DevicePrices prices;
  ASSERT_TRUE(add_price(prices, "A100=2.5"));
  ASSERT_TRUE(add_price(prices, "A100=2.5"));
  for (const char* text : {"A100", "=2", "A100=", "A100=cheap", "A100=-1", "A100=inf", "A100=3"})
    EXPECT_EQ(add_price(prices, text).error().code, "sim.price") << text;
  ClusterSize size = *parse_cluster("2x8xV100,1x4xA100");
  size.price_usd_per_hour = 8;
  std::map<std::string, bool> used;
  set_prices(size, prices, used);
  EXPECT_DOUBLE_EQ(usd_per_hour_of(size), 2 * 8 + 4 * 2.5);
  EXPECT_TRUE(check_used(prices, used));
  const auto unused = check_used({{"A10", 1.0}}, used);
  ASSERT_FALSE(unused);
  EXPECT_NE(unused.error().fix.find("A100"), std::string::npos) << unused.error().fix;
}

TraceJob job(double submit_s, std::uint64_t models) {
  TraceJob one;
  one.submit_s = submit_s;
  one.duration_s = 3600;
  one.models = models;
  return one;
}

Outcome outcome_on(const char* cluster, const Trace& trace, const DevicePrices& prices = {}) {
  Scenario scenario{"x", "fifo", *find_policy("fifo"), *parse_cluster(cluster)};
  std::map<std::string, bool> used;
  set_prices(scenario.size, prices, used);
  return run_scenario(scenario, trace, Prediction::kPerfect, 0);
}

TEST(Machines, AJobRunsOnTheModelsThatItNames) {
  Trace trace;
  trace.groups = {"all"};
  trace.models = {"V100", "A100"};
  trace.jobs = {job(0, 2), job(0, 2), job(0, 0), job(0, 3)};
  const auto never = [&](const char* cluster) {
    return value_of(outcome_on(cluster, trace), Measure::never_started);
  };
  EXPECT_EQ(never("1x4xV100"), 2) << "two ask for an A100";
  EXPECT_EQ(never("1x4xA100"), 0);
  EXPECT_EQ(never("1x4xH100"), 3) << "only the one that names no model";
  EXPECT_EQ(never("1x4"), 0) << "a model that is not said serves all";
  EXPECT_EQ(never("1x4xV100,1x1xA100"), 0);
  // Both that need the only A100 wait for each other.
  EXPECT_EQ(value_of(outcome_on("1x4xV100,1x1xA100", trace), Measure::makespan), 7200);
}

TEST(Machines, MoneyIsWhatTheNodesCostThatJobsRanOn) {
  Trace trace;
  trace.groups = {"all"};
  trace.models = {"V100", "A100"};
  trace.jobs = {job(0, 1), job(0, 2)};
  const Outcome outcome = outcome_on("1x2xV100,1x2xA100", trace, {{"V100", 1.0}, {"A100", 5.0}});
  EXPECT_DOUBLE_EQ(value_of(outcome, Measure::money_used), 6);
  EXPECT_DOUBLE_EQ(value_of(outcome, Measure::money_available), 12);
}

}  // namespace

}  // namespace fulcrum::sched

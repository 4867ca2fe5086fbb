#include "sched/trace/assume.h"

#include <gtest/gtest.h>

namespace fulcrum::sched {

namespace {

TEST(Assume, QuotasAsPeopleWriteThem) {
  std::vector<TraceQuota> quotas;
  for (const char* text :
       {"all=64:64", "all/vision=16", "all/speech=8:32", "batch=:4", "batch=2:5"})
    ASSERT_TRUE(add_quota(quotas, text)) << text;
  ASSERT_EQ(quotas.size(), 4U);
  EXPECT_EQ(quotas[1].parent, "all");
  EXPECT_EQ(quotas[1].guaranteed_devices, 16);
  EXPECT_EQ(quotas[1].limit_devices, 0);
  EXPECT_EQ(quotas[2].limit_devices, 32);
  EXPECT_EQ(quotas[3].guaranteed_devices, 2);  // what was said last
  EXPECT_EQ(quotas[3].limit_devices, 5);
}

TEST(Assume, SaysWhatIsWrongWithAQuota) {
  std::vector<TraceQuota> quotas;
  for (const char* text : {"vision", "=4", "vision=", "vision=:", "vision=x", "vision=-1",
                           "vision=4:2", "none/vision=4", "vision=nan"}) {
    const auto status = add_quota(quotas, text);
    ASSERT_FALSE(status) << text;
    EXPECT_EQ(status.error().code, "sim.quota");
  }
  EXPECT_TRUE(quotas.empty());
  Trace trace;
  trace.groups = {"vision", "speech"};
  ASSERT_TRUE(add_quota(quotas, "all=4"));
  ASSERT_TRUE(add_quota(quotas, "all/vison=4"));
  const auto status = check_quotas(quotas, trace);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fix, "did you mean vision?");
}

}  // namespace

}  // namespace fulcrum::sched

#include "control/jobs/usage_chunk.h"

#include <gtest/gtest.h>

#include "base/compress.h"
#include "base/hash.h"

namespace fulcrum::control {
namespace {

TEST(UsageChunk, HoldsEverySampleAndItsHash) {
  const auto objects = objects::open_memory_store();
  const auto sealed = seal_usage(*objects, "job/1",
                                 {{.time_us = 20, .cpu_cores = 1.5, .memory_bytes = 7},
                                  {.time_us = 10, .cpu_cores = 0.5, .memory_bytes = 9}});
  ASSERT_TRUE(sealed && *sealed);
  const base::json::value body = **sealed;
  EXPECT_EQ(base::get_integer(body, "first_us"), 10);
  EXPECT_EQ(base::get_integer(body, "last_us"), 20);
  const auto frame = objects->get(base::get_string(body, "object"));
  ASSERT_TRUE(frame);
  const auto lines = base::decompress(*frame, 1 << 20);
  ASSERT_TRUE(lines);
  EXPECT_EQ(base::get_string(body, "sha256"), base::sha256_hex(*lines));
  EXPECT_EQ(std::count(lines->begin(), lines->end(), '\n'), 2);
}

TEST(UsageChunk, NothingToSealIsNoChunk) {
  const auto objects = objects::open_memory_store();
  const auto sealed = seal_usage(*objects, "job/1", {});
  ASSERT_TRUE(sealed);
  EXPECT_FALSE(*sealed);
}

}  // namespace
}  // namespace fulcrum::control

#include "base/compress.h"

#include <gtest/gtest.h>

namespace fulcrum::base {
namespace {

TEST(Compress, ComesBackAsItWas) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(100'000, 'x')}) {
    const auto frame = compress(text);
    ASSERT_TRUE(frame);
    const auto back = decompress(*frame, 1 << 20);
    ASSERT_TRUE(back) << describe(back.error());
    EXPECT_EQ(*back, text);
  }
}

TEST(Compress, DamageAndBombsAreRefused) {
  auto frame = compress(std::string(100'000, 'x'));
  ASSERT_TRUE(frame);
  EXPECT_EQ(decompress(*frame, 99'999).error().code, "compress.damaged");
  frame->resize(frame->size() - 1);
  EXPECT_EQ(decompress(*frame, 1 << 20).error().code, "compress.damaged");
  EXPECT_EQ(decompress("no frame at all", 1 << 20).error().code, "compress.damaged");
}

}  // namespace
}  // namespace fulcrum::base

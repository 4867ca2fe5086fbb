#include "data/operators/operator_fixture.h"

namespace fulcrum::data {
namespace {

std::string times(std::string_view text, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}

/// Sentences of which no thirteen characters come again.
std::string prose(int sentences) {
  std::string out;
  for (int i = 0; i < sentences; ++i)
    out += "第" + std::to_string(i * 7919 % 1000) + "天，我们在城里看见了" + std::to_string(i) +
           "座桥，大家都很高兴。" + (i % 3 == 2 ? "\n" : "");
  return out;
}

TEST(ChineseQuality, ProseStays) {
  Tried op("chinese_quality");
  EXPECT_EQ(op.text(prose(20)), "keep");
  EXPECT_EQ(op.text("“" + prose(20) + "他说：“好！”"), "keep");
}

TEST(ChineseQuality, EachRuleHasItsText) {
  Tried op("chinese_quality");
  EXPECT_EQ(op.text("太短了。"), "drop too_few_chars");
  EXPECT_EQ(op.text(times("首页\n登录\n注册。\n", 60)), "drop short_lines");
  EXPECT_EQ(op.text(times("This is English, 中文 is rare here. ", 20)), "drop han_ratio");
  EXPECT_EQ(op.text(times("手机电脑相机耳机充电器数据线", 20)), "drop too_little_punctuation");
  EXPECT_EQ(op.text(times("好人！，。", 60)), "drop too_much_punctuation");
  EXPECT_EQ(op.text(times("好★★，今天天气很好啊", 40)), "drop symbol_ratio");
  EXPECT_EQ(op.text(times("今天，我们在城里看见桥\n", 30)), "drop unended_lines");
  EXPECT_EQ(op.text(times("今天我们在城里看见一座桥，大家都很高兴。", 15)), "drop repeated_grams");
  Tried brief("chinese_quality", R"({"min_chars": 3, "max_chars": 10, "min_mean_line_chars": 0})");
  EXPECT_EQ(brief.text("很好，喜欢。"), "keep");
  EXPECT_EQ(brief.text(prose(1)), "drop too_many_chars");
  EXPECT_EQ(refusal("chinese_quality", R"({"gram_chars": 0})"), "chinese.gram");
}

}  // namespace
}  // namespace fulcrum::data

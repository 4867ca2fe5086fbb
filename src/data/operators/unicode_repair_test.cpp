#include "data/operators/operator_fixture.h"

namespace fulcrum::data {
namespace {

TEST(UnicodeRepair, EveryRuleThatDidSomethingCounts) {
  Tried op("unicode_repair");
  EXPECT_EQ(op.text("cafÃ©\r\nnai\xCC\x88ve \x01"), "change mojibake nfc controls line_ends");
  EXPECT_EQ(op.after(), "café\nnaïve ");
  EXPECT_EQ(op.text("plain 中文\n"), "keep");
}

TEST(UnicodeRepair, EveryRuleCanBeTurnedOff) {
  Tried op("unicode_repair", R"({"mojibake": false, "nfc": false, "zero_width": false,
                                 "controls": false, "line_ends": false, "blanks": false})");
  EXPECT_EQ(op.text("cafÃ©\r\nnai\xCC\x88ve\xC2\xA0\x01\xE2\x80\x8B"), "keep");
}

}  // namespace
}  // namespace fulcrum::data

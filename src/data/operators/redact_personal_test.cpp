#include "data/operators/operator_fixture.h"

namespace fulcrum::data {
namespace {

TEST(RedactPersonal, CountsARecordOnceForEachKind) {
  Tried op("redact_personal");
  EXPECT_EQ(op.text("a@b.org, c@d.org, 13812345678"), "change email phone");
  EXPECT_EQ(op.after(), "[email], [email], [phone]");
  EXPECT_EQ(op.text("nothing of 2026"), "keep");
}

TEST(RedactPersonal, OtherFieldsAreLookedAtWhenNamed) {
  Tried op("redact_personal", R"({"fields": ["author"]})");
  EXPECT_EQ(op.json(R"({"text": "fine", "author": "x@y.cn", "editor": "x@y.cn"})"), "change email");
  EXPECT_EQ(op.written(), R"({"text":"fine","author":"[email]","editor":"x@y.cn"})");
}

TEST(RedactPersonal, StylesAndKindsAreSettings) {
  Tried masked("redact_personal", R"({"kinds": ["email"], "style": "mask"})");
  EXPECT_EQ(masked.text("a@b.org 13812345678"), "change email");
  EXPECT_EQ(masked.after(), "*@*.*** 13812345678");
  EXPECT_EQ(masked.op().shown("a@b.org"), "*@*.***");
  EXPECT_EQ(refusal("redact_personal", R"({"kinds": ["name"]})"), "personal.kind");
  EXPECT_EQ(refusal("redact_personal", R"({"style": "hash"})"), "personal.salt");
  EXPECT_EQ(refusal("redact_personal", R"({"style": "hash", "salt": "8 letters"})"), "");
}

}  // namespace
}  // namespace fulcrum::data

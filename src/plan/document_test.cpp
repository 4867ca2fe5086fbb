#include "plan/document.h"

#include <gtest/gtest.h>

#include <string>

namespace fulcrum::plan {
namespace {

TEST(Document, ScalarsTakeTheirTypeUnlessQuoted) {
  const auto document =
      parse_document("a: 1\nb: 1.5\nc: true\nd: \"1\"\ne: ~\nf: 1e-3\ng: u01\n", "p");
  ASSERT_TRUE(document) << base::describe(document.error());
  EXPECT_EQ(base::to_text(document->root),
            R"({"a":1,"b":1.5E0,"c":true,"d":"1","e":null,"f":1E-3,"g":"u01"})");
}

TEST(Document, RemembersWhereEachValueStands) {
  const auto document = parse_document("a:\n  b: 1\nlist:\n  - x: 2\n", "p.yaml");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->marks.at("a.b").line, 2);
  EXPECT_EQ(document->marks.at("a.b").column, 3);
  EXPECT_EQ(document->marks.at("list[0].x").line, 4);
  const base::Error error =
      locate(*document, {base::ErrorKind::kUsage, "x", "wrong", "list[0].x.deeper", ""});
  EXPECT_EQ(error.field, "p.yaml:4:5: list[0].x.deeper");
}

TEST(Document, SyntaxMistakeNamesItsPosition) {
  const auto document = parse_document("a: 1\nb: [1, 2\nc: 3\n", "p.yaml");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, "plan.syntax");
  EXPECT_TRUE(document.error().field.starts_with("p.yaml:3:")) << document.error().field;
}

TEST(Document, RepeatedKeyIsRefused) {
  const auto document = parse_document("a: 1\nb: 2\na: 3\n", "p.yaml");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, "plan.repeated_key");
  EXPECT_EQ(document.error().field, "p.yaml:3:1");
}

TEST(Document, AliasesThatGrowWithoutEndAreRefused) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below;
    for (int k = 0; k < 9; ++k) bomb += ", " + below;
    bomb += "]\n";
  }
  for (const std::string& text : {bomb, std::string("a: &a [*a]\n")}) {
    const auto document = parse_document(text, "p.yaml");
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().code, "plan.too_large");
  }
}

TEST(Document, OverridesReachSettingsAndSections) {
  auto document = parse_document("settings: {seed: 1}\ntraining: {recipe: {epochs: 3}}\n", "p");
  ASSERT_TRUE(document);
  ASSERT_TRUE(override_value(*document, "seed=8"));
  ASSERT_TRUE(override_value(*document, "training.recipe.epochs=5"));
  ASSERT_TRUE(override_value(*document, "training.seeds=[1, 2]"));
  EXPECT_EQ(base::to_text(document->root),
            R"({"settings":{"seed":8},"training":{"recipe":{"epochs":5},"seeds":[1,2]}})");
  EXPECT_EQ(override_value(*document, "seed").error().code, "plan.set");
  EXPECT_EQ(override_value(*document, "settings.seed.deeper=1").error().code, "plan.set");
  const auto slip = override_value(*document, "sede=9");
  EXPECT_EQ(slip.error().code, "plan.set");
  EXPECT_EQ(slip.error().fix, "did you mean seed?");
}

}  // namespace
}  // namespace fulcrum::plan

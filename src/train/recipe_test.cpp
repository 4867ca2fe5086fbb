#include "train/recipe.h"

#include <gtest/gtest.h>

#include "base/codec.h"

namespace fulcrum::train {
namespace {

base::Result<FitSettings> decode(const char* text) {
  const auto value = base::parse_json(text, "settings");
  return base::decode<FitSettings>(*value);
}

TEST(Recipe, DefaultsAreValidAndEveryMemberHasOne) {
  const auto settings = decode("{}");
  ASSERT_TRUE(settings);
  EXPECT_TRUE(check(settings->recipe));
}

TEST(Recipe, ReadsNestedMembers) {
  const auto settings = decode(
      R"({"recipe":{"model":{"dim":32,"start":"cooccurrence"},"optimizer":{"kind":"sgd"}},
          "shuffle_data":true})");
  ASSERT_TRUE(settings) << base::describe(settings.error());
  EXPECT_EQ(settings->recipe.model.dim, 32u);
  EXPECT_EQ(settings->recipe.model.start, Start::kCooccurrence);
  EXPECT_EQ(settings->recipe.optimizer.kind, OptimizerKind::kSgd);
  EXPECT_TRUE(settings->shuffle_data);
}

TEST(Recipe, AMisspeltNameIsAnswered) {
  const auto settings = decode(R"({"recipe":{"model":{"dropuot":0.1}}})");
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, "value.unknown_name");
  EXPECT_EQ(settings.error().field, "recipe.model.dropuot");
  EXPECT_NE(settings.error().fix.find("dropout"), std::string::npos);
}

TEST(Recipe, ValuesOutOfRangeNameTheirField) {
  struct Bad {
    const char* text;
    const char* field;
  };
  const Bad cases[] = {
      {R"({"model":{"dim":3}})", "recipe.model.dim"},
      {R"({"model":{"dim":10,"heads":4}})", "recipe.model.heads"},
      {R"({"model":{"dropout":0.96}})", "recipe.model.dropout"},
      {R"({"optimizer":{"lr":0}})", "recipe.optimizer.lr"},
      {R"({"optimizer":{"momentum":1}})", "recipe.optimizer.momentum"},
      {R"({"optimizer":{"weight_decay":-1}})", "recipe.optimizer.weight_decay"},
      {R"({"optimizer":{"warmup":1}})", "recipe.optimizer.warmup"},
      {R"({"epochs":0})", "recipe.epochs"},
      {R"({"label_smoothing":1})", "recipe.label_smoothing"},
      {R"({"threads":0})", "recipe.threads"},
      {R"({"early_stopping":{"metric":"auc"}})", "recipe.early_stopping.metric"},
  };
  for (const auto& bad : cases) {
    const auto settings = decode((std::string("{\"recipe\":") + bad.text + "}").c_str());
    ASSERT_TRUE(settings) << bad.text;
    const auto status = check(settings->recipe);
    ASSERT_FALSE(status) << bad.text;
    EXPECT_EQ(status.error().field, bad.field);
    EXPECT_EQ(status.error().kind, base::ErrorKind::kUsage);
  }
}

}  // namespace
}  // namespace fulcrum::train

#include "plan/starter.h"

#include <gtest/gtest.h>

#include "plan/graph.h"

namespace fulcrum::plan {
namespace {

TEST(Starter, GuessesColumnsFromTheirNames) {
  const auto columns =
      guess_columns(header_names("\xef\xbb\xbf\"userId\",movieId,rating,timestamp\r\n"));
  ASSERT_TRUE(columns) << base::describe(columns.error());
  EXPECT_EQ(columns->user, "userId");
  EXPECT_EQ(columns->item, "movieId");
  EXPECT_EQ(columns->time, "timestamp");
  EXPECT_EQ(columns->value, "rating");
}

TEST(Starter, SaysWhichColumnIsMissing) {
  const auto columns = guess_columns(header_names("user;title;when"));
  ASSERT_FALSE(columns);
  EXPECT_EQ(columns.error().code, "init.columns");
  EXPECT_NE(columns.error().message.find("user, title, when"), std::string::npos);
}

TEST(Starter, ThePlanItWritesIsAPlan) {
  const std::string yaml =
      starter_plan("mine", "mine.csv", {.user = "u", .item = "i", .time = "t", .value = ""});
  const auto document = parse_document(yaml, "plan.yaml");
  ASSERT_TRUE(document) << base::describe(document.error());
  const auto plan = decode_plan(*document);
  ASSERT_TRUE(plan) << base::describe(plan.error());
  EXPECT_TRUE(build_graph(*plan));
}

}  // namespace
}  // namespace fulcrum::plan

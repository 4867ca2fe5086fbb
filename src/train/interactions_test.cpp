#include "train/interactions.h"

#include <gtest/gtest.h>

namespace fulcrum::train {
namespace {

TEST(Interactions, AreSortedByUserAndTimeAndNumberedById) {
  const auto read = parse_interactions(
      "user,item,time_us\nu2,b,30\nu1,c,20\nu2,a,10\nu1,a,20\nu1,b,5\n", "x.csv");
  ASSERT_TRUE(read) << base::describe(read.error());
  EXPECT_EQ(read->items, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(read->users, (std::vector<std::string>{"u1", "u2"}));
  // Equal times keep the file's order: c before a.
  EXPECT_EQ(read->histories[0], (History{1, 2, 0}));
  EXPECT_EQ(read->histories[1], (History{0, 1}));
}

TEST(Interactions, NeighboursThatRepeatAreJoinedAndCounted) {
  const auto read = parse_interactions("user,item,time_us\nu,a,1\nu,a,2\nu,b,3\nu,a,4\n", "x.csv");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->histories[0], (History{0, 1, 0}));
  EXPECT_EQ(read->rows, 4u);
  EXPECT_EQ(read->repeats, 1u);
}

TEST(Interactions, QuotedFieldsAndWindowsLinesAreRead) {
  const auto read =
      parse_interactions("user,item,time_us\r\n\"u, \"\"one\"\"\",\"a,b\",1\r\n", "x.csv");
  ASSERT_TRUE(read) << base::describe(read.error());
  EXPECT_EQ(read->users[0], "u, \"one\"");
  EXPECT_EQ(read->items[0], "a,b");
}

struct Bad {
  const char* text;
  const char* code;
  const char* field;
};

TEST(Interactions, MistakesNameTheirLine) {
  const Bad cases[] = {
      {"user,item\nu,a\n", "interactions.header", "x.csv:1"},
      {"user,item,time_us\n", "interactions.empty", "x.csv"},
      {"user,item,time_us\nu,a,1\nu,a\n", "interactions.row", "x.csv:3"},
      {"user,item,time_us\nu,a,1,2\n", "interactions.row", "x.csv:2"},
      {"user,item,time_us\nu,a,soon\n", "interactions.row", "x.csv:2"},
      {"user,item,time_us\n,a,1\n", "interactions.row", "x.csv:2"},
      {"user,item,time_us\n\"u,a,1\n", "interactions.row", "x.csv:2"},
  };
  for (const auto& bad : cases) {
    const auto read = parse_interactions(bad.text, "x.csv");
    ASSERT_FALSE(read) << bad.text;
    EXPECT_EQ(read.error().code, bad.code) << bad.text;
    EXPECT_EQ(read.error().field, bad.field) << bad.text;
    EXPECT_EQ(read.error().kind, base::ErrorKind::kUsage);
  }
}

}  // namespace
}  // namespace fulcrum::train

#include <fstream>

#include "data/operators/operator_fixture.h"

namespace fulcrum::data {
namespace {

TEST(WordList, DropsDocumentsOrLines) {
  Tried document("word_list", R"({"words": ["casino", "赌场"], "min_matches": 2})");
  EXPECT_EQ(document.text("one Casino only"), "keep");
  EXPECT_EQ(document.text("casino, 澳门赌场"), "drop listed_word");
  Tried line("word_list", R"({"words": ["all rights reserved"], "drop": "line"})");
  EXPECT_EQ(line.text("A text.\n© All rights reserved.\nGoes on."), "change listed_lines_removed");
  EXPECT_EQ(line.after(), "A text.\nGoes on.");
  EXPECT_EQ(line.text("All Rights Reserved"), "drop only_listed_lines");
  EXPECT_EQ(line.text("all rights\nreserved"), "keep");
}

TEST(WordList, TheListIsAFile) {
  const std::string path = testing::TempDir() + "/words.txt";
  std::ofstream(path) << "# remarks\nfoo\r\n\nbar baz\n";
  Tried op("word_list", R"({"file": ")" + path + R"("})");
  EXPECT_EQ(op.text("a bar  baz"), "drop listed_word");
  EXPECT_EQ(op.text("remarks"), "keep");
  EXPECT_EQ(refusal("word_list", R"({"file": "no/such"})"), "file.read");
  EXPECT_EQ(refusal("word_list", "{}"), "words.none");
  EXPECT_EQ(refusal("word_list", R"({"words": ["x"], "min_matches": 0})"), "words.matches");
}

}  // namespace
}  // namespace fulcrum::data

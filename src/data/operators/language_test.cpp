#include <filesystem>
#include <fstream>

#include "data/classify/fast_text.h"
#include "data/operators/operator_fixture.h"

namespace fulcrum::data {
namespace {

constexpr const char* kEnglish =
    "The committee decided to publish its report before the end of the month.";
constexpr const char* kChinese = "委员会决定在月底之前公布这份报告，并在下周召开一次会议。";

TEST(LanguageOperator, WritesLanguageAndScore) {
  Tried op("language");
  EXPECT_EQ(op.text(kChinese), "change language_identified");
  EXPECT_EQ(op.item().language(), "zh");
  EXPECT_NE(op.written().find(R"("language":"zh","language_score":0.9)"), std::string::npos)
      << op.written();
}

TEST(LanguageOperator, DropsOthersAndDoubts) {
  Tried op("language", R"({"languages": ["zh", "ja"]})");
  EXPECT_EQ(op.text(kEnglish), "drop other_language");
  EXPECT_EQ(op.text(kChinese), "change language_identified");
  Tried any("language");
  EXPECT_EQ(any.text("12 34"), "drop low_language_score");
  Tried lenient("language", R"({"min_score": 0})");
  EXPECT_EQ(lenient.text("12 34"), "change language_identified");
  EXPECT_EQ(lenient.item().language(), "und");
}

TEST(LanguageOperator, AModelFileDecidesWhereOneIsGiven) {
  const std::string folder = testing::TempDir();
  std::ofstream lines(folder + "/language-lines");
  for (int i = 0; i < 200; ++i) lines << "__label__xx blip blop\n__label__yy foo bar\n";
  lines.close();
  TrainingSettings training;
  training.dimensions = 5;
  training.buckets = 100;
  ASSERT_TRUE(train_fast_text(folder + "/language-lines", folder + "/language.bin", training));
  Tried op("language", R"({"languages": ["xx"], "model": ")" + folder + R"(/language.bin"})");
  EXPECT_EQ(op.text("blip\nblip blop"), "change language_identified");
  EXPECT_EQ(op.text("foo bar bar"), "drop other_language");
  EXPECT_EQ(refusal("language", R"({"model": "no/such.bin"})"), "file.read");
}

}  // namespace
}  // namespace fulcrum::data

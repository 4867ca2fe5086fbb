#include "data/text/phrase_set.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace fulcrum::data::text {
namespace {

TEST(PhraseSet, WordsStandAloneAndChineseAnywhere) {
  const PhraseSet set({"ass", "All Rights  Reserved", "赌博", "STRASSE", "c++", ""});
  for (const char* text : {"an ass.", "ASS", "all rights\nreserved", "网上赌博网站", "请ass吧",
                           "die Straße? no: Strasse", "use C++!", "_ass_"})
    EXPECT_TRUE(set.is_in(text)) << text;
  for (const char* text : {"class", "assets", "all rights are reserved", "赌 博", "Ass1", "", "c+"})
    EXPECT_FALSE(set.is_in(text)) << text;
  EXPECT_EQ(set.count("ass ass 赌博赌博", 100), 4U);
  EXPECT_EQ(set.count("ass ass 赌博赌博", 3), 3U);
  EXPECT_TRUE(PhraseSet({}).empty());
}

TEST(PhraseSet, FindsWhatASearchForEachFinds) {
  base::Random random(41);
  for (int round = 0; round < 500; ++round) {
    const auto some = [&](std::size_t most) {
      std::string out;
      for (auto n = 1 + random.below(most); n > 0; --n)
        out += std::array{"中", "国", "人", "民"}[random.below(4)];
      return out;
    };
    std::vector<std::string> phrases;
    for (auto n = random.below(6); n > 0; --n) phrases.push_back(some(4));
    const std::string text = some(12);
    bool expected = false;
    for (const auto& phrase : phrases)
      expected = expected || text.find(phrase) != std::string::npos;
    EXPECT_EQ(PhraseSet(phrases).is_in(text), expected) << "seed 41, round " << round;
  }
}

}  // namespace
}  // namespace fulcrum::data::text

// fulcrum data detect, check and profile on small tables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/files.h"
#include "base/json.h"
#include "cli/run_program.h"

namespace fulcrum::tests {
namespace {

using testing::HasSubstr;

class CliTables : public testing::Test {
 protected:
  Ran fulcrum(std::vector<std::string> words) {
    words.insert(words.begin(), "data");
    return run(home_.path() + "/h", words);
  }
  std::string file(const std::string& name, const std::string& content) {
    const std::string path = home_.path() + "/" + name;
    EXPECT_TRUE(base::write_file(path, content));
    return path;
  }
  std::string places(const std::string& last) {
    std::string text = "place,region,size\n";
    for (int i = 0; i < 60; ++i)
      text += "town" + std::to_string(i % 12) + ",region" + std::to_string(i % 4) + "," +
              std::to_string(10 + i % 7) + " km\n";
    return file("places.csv", text + last);
  }
  TemporaryHome home_;
};

TEST_F(CliTables, DetectListsWhatIsLikelyWrong) {
  const std::string table = places("town3,region1,12 km\n");
  const std::string errors = home_.path() + "/e.csv";
  const auto found = fulcrum({"detect", table, "--errors", errors, "--json"});
  ASSERT_EQ(found.exit_code, 0) << found.err;
  EXPECT_EQ(base::parse_json(found.out, "out")->at("errors"), 1);
  EXPECT_THAT(*base::read_file(errors),
              HasSubstr("row,column,reason,suggestion,confidence\n"
                        "60,region,dependency: place -> region,region3,"));
  const std::string labels = file("l.csv", "row,column,is_error\n60,region,0\n");
  const auto judged = fulcrum({"detect", table, "--labels", labels, "--json"});
  EXPECT_EQ(base::parse_json(judged.out, "out")->at("errors"), 0);
}

TEST_F(CliTables, MistakesInRulesAndLabelsAreUsage) {
  const std::string table = places("");
  const auto rule = fulcrum({"detect", table, "--rules", file("r.txt", "place ⇒ regoin\n")});
  EXPECT_EQ(rule.exit_code, 2);
  EXPECT_THAT(rule.err, HasSubstr("region"));
  const auto label = fulcrum({"detect", table, "--labels", file("l.csv", "row,column\n1,place\n")});
  EXPECT_EQ(label.exit_code, 2);
}

TEST_F(CliTables, AFailedCheckIsExitThree) {
  const std::string table = places("town3,,12 km\n");
  const std::string strict = file("strict.yaml", "checks:\n  - {check: nulls, column: region}\n");
  const std::string loose =
      file("loose.yaml", "checks:\n  - {check: nulls, column: region, at_most: 0.02}\n");
  EXPECT_EQ(fulcrum({"check", table, "--checks", strict, "--json"}).exit_code, 3);
  const std::string state = home_.path() + "/s.json";
  EXPECT_EQ(fulcrum({"check", table, "--checks", loose, "--state", state}).exit_code, 0);
  const auto merged = fulcrum({"check", table, "--checks", loose, "--merge", state, "--json"});
  EXPECT_EQ(merged.exit_code, 0);
  EXPECT_THAT(merged.out, HasSubstr("2 of 122"));
  const auto wrong =
      fulcrum({"check", table, "--checks", file("w.yaml", "checks:\n  - {check: nul}\n")});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("w.yaml:2"));
}

TEST_F(CliTables, ProfileWritesAPage) {
  const std::string page = home_.path() + "/page";
  const auto ran = fulcrum({"profile", places(""), "--out", page});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("km"));
  EXPECT_THAT(*base::read_file(page + "/index.html"), HasSubstr("image/svg+xml"));
  EXPECT_EQ(fulcrum({"profile", home_.path()}).exit_code, 2);
}

}  // namespace
}  // namespace fulcrum::tests

#include "data/operators/operator_fixture.h"

namespace fulcrum::data {
namespace {

TEST(ExtractHtml, TheArticleBecomesTheText) {
  const std::string sentence =
      "The bridge was opened in spring, and everybody who lived nearby came to walk across it. ";
  std::string page =
      "<html><head><title>A bridge</title></head><body><nav><a href=/>Home</a></nav>";
  for (int i = 0; i < 6; ++i) page += "<p>" + sentence + sentence + "</p>";
  page += "</body></html>";
  Tried op("extract_html");
  EXPECT_EQ(op.json("{\"url\":\"http://a.b/\",\"html\":\"" + page + "\"}"),
            "change text_extracted");
  EXPECT_NE(op.after().find("everybody who lived nearby"), std::string::npos);
  EXPECT_EQ(op.after().find("Home"), std::string::npos);
  EXPECT_NE(op.written().find(R"("title":"A bridge")"), std::string::npos);
  EXPECT_EQ(op.written().find("<p>"), std::string::npos);
  Tried keeps("extract_html", R"({"keep_html": true, "title_field": ""})");
  EXPECT_EQ(keeps.json("{\"html\":\"" + page + "\"}"), "change text_extracted");
  EXPECT_NE(keeps.written().find("<p>"), std::string::npos);
  EXPECT_EQ(keeps.written().find("\"title\""), std::string::npos);
}

TEST(ExtractHtml, NoPageNoChange) {
  Tried op("extract_html");
  EXPECT_EQ(op.json(R"({"text":"plain"})"), "keep");
  EXPECT_EQ(op.json(R"({"html":"<html></html>"})"), "drop no_main_text");
}

}  // namespace
}  // namespace fulcrum::data

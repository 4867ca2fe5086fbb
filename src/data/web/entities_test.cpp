#include "data/web/entities.h"

#include <gtest/gtest.h>

namespace fulcrum::data::web {

namespace {

std::string text(std::string_view html) {
  return plain_text(html, false);
}

TEST(Entities, NamedOnes) {
  EXPECT_EQ(text("&amp;&lt;&eacute;&hellip;"), "&<é…");
  EXPECT_EQ(text("&CounterClockwiseContourIntegral;"), "∳");
  EXPECT_EQ(text("&nGt;"), "≫⃒");  // longer than its name
  EXPECT_EQ(text("&unknown; & &; &#; &#x; &"), "&unknown; & &; &#; &#x; &");
}

TEST(Entities, OldNamesNeedNoSemicolon) {
  EXPECT_EQ(text("&copy 2020 &notit; &notin;"), "© 2020 ¬it; ∉");
  EXPECT_EQ(plain_text("?a=1&copy=2&amp;b&lt", true), "?a=1&copy=2&b<");
}

TEST(Entities, Numbers) {
  EXPECT_EQ(text("&#65;&#x42;&#X43 &#20013;&#128512;"), "ABC 中😀");
  EXPECT_EQ(text("&#147;x&#148;"), "“x”");  // windows-1252, as browsers read it
  EXPECT_EQ(text("&#0;&#xD800;&#x110000;&#99999999999;"), "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(Entities, WhiteSpaceIsOneSpace) {
  EXPECT_EQ(text(" \n a&nbsp;&nbsp; b\xC2\xA0"), "a b");
}

}  // namespace

}  // namespace fulcrum::data::web

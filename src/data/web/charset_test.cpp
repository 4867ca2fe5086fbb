#include "data/web/charset.h"

#include <gtest/gtest.h>

#include "base/text_reader.h"

namespace fulcrum::data::web {

namespace {

struct Read {
  std::string text, charset;
  bool is_declared;
};

Read read(std::string_view bytes, std::string_view http = {}) {
  Decoded decoded;
  decode(bytes, http, decoded);
  return {std::string(decoded.text), decoded.charset, decoded.is_declared};
}

// 数据 in GBK, 資料 in Big5, データ in Shift_JIS.
constexpr std::string_view kGbk = "\xCA\xFD\xBE\xDD", kBig5 = "\xB8\xEA\xAE\xC6",
                           kSjis = "\x83\x66\x81\x5B\x83\x5E";

std::string meta(std::string_view charset, std::string_view text) {
  return "<meta charset=" + std::string(charset) + "><p>" + std::string(text);
}

TEST(Charset, DeclaredByThePage) {
  EXPECT_TRUE(read(meta("gb2312", kGbk)).text.ends_with("数据"));
  EXPECT_TRUE(read(meta("GBK", kGbk)).text.ends_with("数据"));
  EXPECT_TRUE(read(meta("big5", kBig5)).text.ends_with("資料"));
  EXPECT_TRUE(read(meta("shift_jis", kSjis)).text.ends_with("データ"));
  const auto old = read(
      "<META http-equiv='Content-Type' content='text/html; charset=windows-1251'>\xCF\xF0\xE8");
  EXPECT_TRUE(old.text.ends_with("При"));
  EXPECT_EQ(old.charset, "windows-1251");
  EXPECT_TRUE(old.is_declared);
}

TEST(Charset, HttpAndMarksComeFirst) {
  EXPECT_TRUE(read(meta("big5", kGbk), "gbk").text.ends_with("数据"));
  EXPECT_EQ(read("\xEF\xBB\xBFx").text, "x");
  EXPECT_EQ(read(std::string_view("\xFF\xFEh\0i\0", 6)).text, "hi");
  EXPECT_EQ(read(std::string_view("\xFE\xFF\0h\0i", 6)).text, "hi");
  EXPECT_EQ(charset_of_content_type("text/html; Charset=\"x-y\"; a"), "x-y");
  EXPECT_EQ(charset_of_content_type("text/html"), "");
}

TEST(Charset, WhatIsUtf8IsReadAsIt) {
  EXPECT_TRUE(read(meta("iso-8859-1", "naïve 数据")).text.ends_with("naïve 数据"));
  EXPECT_EQ(read("数据").charset, "UTF-8");
}

TEST(Charset, AStrayByteIsReplaced) {
  const auto result = read(meta("utf-8", "Größe, größer, am größten, öfter, älter \xE4 dünn"));
  EXPECT_TRUE(result.text.ends_with("älter \uFFFD dünn"));
  EXPECT_EQ(result.charset, "UTF-8");
}

TEST(Charset, ALieIsFoundOut) {
  std::string chinese;  // 我们今天在这里讨论数据的质量问题 in GBK
  for (int i = 0; i < 20; ++i)
    chinese +=
        "\xCE\xD2\xC3\xC7\xBD\xF1\xCC\xEC\xD4\xDA\xD5\xE2\xC0\xEF\xCC\xD6\xC2\xDB\xCA\xFD\xBE\xDD"
        "\xB5\xC4\xD6\xCA\xC1\xBF\xCE\xCA\xCC\xE2\xA1\xA3";
  for (const auto& page : {meta("utf-8", chinese), "<p>" + chinese}) {
    const auto result = read(page);
    EXPECT_NE(result.text.find("讨论数据的质量问题。"), std::string::npos);
    EXPECT_EQ(result.charset, "GB18030");
    EXPECT_FALSE(result.is_declared);
  }
}

TEST(Charset, UnknownLabelsAndNoLabels) {
  EXPECT_TRUE(read("<meta charset=klingon><p>caf\xE9 au lait").text.ends_with("café au lait"));
  EXPECT_EQ(read("").text, "");
}

TEST(Charset, Utf8AsTheStandardHasIt) {
  for (const std::string_view bad :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4\xB8", "\x80", "\xF8\x88\x80\x80\x80"})
    for (const std::string& padding : {std::string(), std::string(70, 'x')})
      EXPECT_FALSE(is_utf8(padding + std::string(bad)));
  EXPECT_TRUE(is_utf8(std::string(61, 'x') + "数据" + std::string(70, 'y')));
}

}  // namespace

}  // namespace fulcrum::data::web

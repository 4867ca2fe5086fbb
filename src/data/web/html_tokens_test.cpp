#include "data/web/html_tokens.h"

#include <gtest/gtest.h>

#include <string>

namespace fulcrum::data::web {

namespace {

/// One line a token: "<p class=x>", "</p>", "text:…", "raw:…".
std::string told(std::string_view page) {
  Tokens tokens(page);
  std::string out;
  for (Token token = tokens.next(); token.kind != TokenKind::kEndOfPage; token = tokens.next()) {
    switch (token.kind) {
      case TokenKind::kText:
        out += "text:" + std::string(token.text);
        break;
      case TokenKind::kRawText:
        out += "raw:" + std::string(token.text);
        break;
      case TokenKind::kEnd:
        out += "</" + std::string(token.text) + ">";
        break;
      default:
        out += "<" + std::string(token.text);
        if (tokens.attributes().has(Attribute::kClass))
          out += " class=" + std::string(tokens.attributes()[Attribute::kClass]);
        if (tokens.attributes().has(Attribute::kId))
          out += " id=" + std::string(tokens.attributes()[Attribute::kId]);
        out += token.is_self_closed ? "/>" : ">";
    }
    out += '\n';
  }
  return out;
}

TEST(HtmlTokens, TagsAndTexts) {
  EXPECT_EQ(told("a<P CLASS=x>b</p >c"), "text:a\n<P class=x>\ntext:b\n</p>\ntext:c\n");
  EXPECT_EQ(told("<br/><b\tid='1'/>"), "<br/>\n<b id=1/>\n");
}

TEST(HtmlTokens, AQuoteOpensOnlyAValue) {
  EXPECT_EQ(told("<a class=\"x>y\" id='a\"b'>t"), "<a class=x>y id=a\"b>\ntext:t\n");
  EXPECT_EQ(told("<a \"class=x>t"), "<a>\ntext:t\n");
  EXPECT_EQ(told("<a class = x\"y>t"), "<a class=x\"y>\ntext:t\n");
  EXPECT_EQ(told("<a class>t"), "<a class=>\ntext:t\n");
}

TEST(HtmlTokens, TheFirstAttributeOfANameCounts) {
  EXPECT_EQ(told("<p class=a CLASS=b>"), "<p class=a>\n");
}

TEST(HtmlTokens, ALessThanSignMayBeText) {
  EXPECT_EQ(told("1 < 2 <3 <"), "text:1 < 2 <3 <\n");
  EXPECT_EQ(told("a</3>b</>c<?php x ?>d"), "text:a\ntext:b\ntext:c\ntext:d\n");
}

TEST(HtmlTokens, CommentsAndDoctypesAreNothing) {
  EXPECT_EQ(told("<!DOCTYPE html>a<!-- <p> -- > -->b<!-->c<!--->d<!--x--!>e"),
            "text:a\ntext:b\ntext:c\ntext:d\ntext:e\n");
  EXPECT_EQ(told("a<!-- never closed <p>"), "text:a\n");
}

TEST(HtmlTokens, RawTextEndsAtItsOwnEndTag) {
  EXPECT_EQ(told("<style>a</styles></STYLE\n>b"), "<style>\nraw:a</styles>\n</STYLE>\ntext:b\n");
  EXPECT_EQ(told("<title>a<b>c</title>"), "<title>\nraw:a<b>c\n</title>\n");
  EXPECT_EQ(told("<script>x"), "<script>\nraw:x\n");
}

TEST(HtmlTokens, AScriptInACommentInAScriptDoesNotEndIt) {
  EXPECT_EQ(told("<script><!-- <script></script> --></script>t"),
            "<script>\nraw:<!-- <script></script> -->\n</script>\ntext:t\n");
  EXPECT_EQ(told("<script><!-- x </script>t"), "<script>\nraw:<!-- x \n</script>\ntext:t\n");
  EXPECT_EQ(told("<script><!-- --> <script></script>t"),
            "<script>\nraw:<!-- --> <script>\n</script>\ntext:t\n");
}

TEST(HtmlTag, NamesInAnyCase) {
  EXPECT_EQ(tag_of("BlockQuote"), Tag::t_blockquote);
  EXPECT_EQ(tag_of("h1"), Tag::t_h1);
  EXPECT_EQ(tag_of("h7"), Tag::t_unknown);
  EXPECT_EQ(tag_of("my-part"), Tag::t_unknown);
  EXPECT_EQ(kind_of(Tag::t_br), TagKind::kVoid);
}

}  // namespace

}  // namespace fulcrum::data::web

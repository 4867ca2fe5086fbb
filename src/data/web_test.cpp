// URLs, robots.txt and pages.
#include <gtest/gtest.h>

#include "data/html.h"
#include "data/robots.h"
#include "data/url.h"

namespace fulcrum::data {
namespace {

std::string canonical(const char* base, const char* link) {
  return canonical_url(base, link, tracking_parameters()).value_or("error");
}

TEST(Url, HasOneSpelling) {
  EXPECT_EQ(canonical("", "HTTP://Shop.Example:80/a/../b%7ec?utm_source=x&b=2&a=1#top"),
            "http://shop.example/b~c?a=1&b=2");
  EXPECT_EQ(canonical("http://h.example/list?page=1", "?page=2"), "http://h.example/list?page=2");
  EXPECT_EQ(canonical("http://h.example/a/b", "../c"), "http://h.example/c");
  EXPECT_EQ(canonical("http://h.example/a", "//o.example"), "http://o.example/");
  EXPECT_EQ(canonical("http://h.example/a", "mailto:x@y.z"), "error");
  EXPECT_EQ(canonical("", "https://h.example:8443"), "https://h.example:8443/");
  EXPECT_EQ(canonical("", "http://%30/"), canonical("", canonical("", "http://%30/").c_str()));
}

TEST(Robots, LongestMatchWinsAndAllowWinsTies) {
  const auto robots = Robots::parse(
      "User-agent: *\nDisallow: /\n\nUser-agent: FulcrumBot\nUser-agent: other\n"
      "Disallow: /private\nAllow: /private/open\nDisallow: /*.pdf$\nDisallow: /same\nAllow: /same\n"
      "Crawl-delay: 2\n",
      "FulcrumBot/0.1");
  EXPECT_TRUE(robots.allows("/"));
  EXPECT_FALSE(robots.allows("/private/x"));
  EXPECT_TRUE(robots.allows("/private/open/x"));
  EXPECT_FALSE(robots.allows("/a/b.pdf"));
  EXPECT_TRUE(robots.allows("/a/b.pdf?x=1"));
  EXPECT_TRUE(robots.allows("/same"));
  EXPECT_TRUE(robots.allows("/robots.txt"));
  EXPECT_EQ(robots.delay_s(), 2);
}

TEST(Robots, FallsBackToTheGeneralGroup) {
  const auto robots = Robots::parse(
      "User-agent: googlebot\nDisallow: /\nUser-agent: *\nDisallow: /x\n", "FulcrumBot");
  EXPECT_TRUE(robots.allows("/y"));
  EXPECT_FALSE(robots.allows("/x/1"));
  EXPECT_TRUE(Robots().allows("/x"));
  EXPECT_FALSE(Robots::closed().allows("/"));
  EXPECT_FALSE(Robots::parse("user-agent:*\ndisallow: /%7Ea", "F").allows("/~a/b"));
}

TEST(Html, FindsBySelectors) {
  const HtmlPage page(
      "<html><head><base href='/b/'><link rel=canonical href='/item/1'></head><body>"
      "<article class='item big' id=x><h1> Red <b>shoe</b></h1><span itemprop=price content=12.5>"
      "12,50</span><ul><li><p>deep</p></li></ul><a href=/1>1</a><a rel=nofollow "
      "href=/2>2</a></article>");
  const auto first = [&](const char* text) {
    return page.first(Selector::parse(text).value()).value_or("-");
  };
  EXPECT_EQ(first("article.item > h1"), "Red shoe");
  EXPECT_EQ(first("article.big h1 b"), "shoe");
  EXPECT_EQ(first("#x span[itemprop=price]@content"), "12.5");
  EXPECT_EQ(first("[itemprop^=pri]"), "12,50");
  EXPECT_EQ(first("article > p"), "-");
  EXPECT_EQ(first("article p"), "deep");
  EXPECT_EQ(page.links(), std::vector<std::string>{"/1"});
  EXPECT_EQ(page.canonical(), "/item/1");
  EXPECT_EQ(page.base(), "/b/");
  for (const char* bad : {"", "a >", "[x", ".", "a::b", "h1@"})
    EXPECT_FALSE(Selector::parse(bad)) << bad;
}

TEST(Html, AnAbsurdlyDeepPageIsAnEmptyOne) {
  std::string deep, shallow;
  for (int i = 0; i < 100'000; ++i) {
    deep += "<div>";
    shallow += "<li><br>a<p>";
  }
  EXPECT_TRUE(HtmlPage(deep + "<a href=/b>b</a>").links().empty());
  const HtmlPage page("<script>" + deep + "</script>" + shallow.substr(0, 12'000) +
                      "<a href=/b>b</a>");
  EXPECT_EQ(page.links(), std::vector<std::string>{"/b"});
}

TEST(Robots, ADelayIsAFiniteDuration) {
  EXPECT_EQ(Robots::parse("User-agent: *\nCrawl-delay: inf\n", "bot").delay_s(), 86'400);
  EXPECT_EQ(Robots::parse("User-agent: *\nCrawl-delay: -5\n", "bot").delay_s(), 0);
}

}  // namespace
}  // namespace fulcrum::data

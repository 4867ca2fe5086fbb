#include "data/web/extract.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "base/text_reader.h"

namespace fulcrum::data::web {

namespace {

std::string sentences(int count, const std::string& subject = "The mill") {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += subject + " ground corn for the village, and its wheel turned day and night number " +
            std::to_string(i) + ". ";
  text.pop_back();
  return text;
}

std::string paragraphs(int count) {
  std::string html;
  for (int i = 0; i < count; ++i)
    html += "<p>" + sentences(2, "Mill " + std::to_string(i)) + "</p>";
  return html;
}

bool holds(const Extraction& extraction, std::string_view text) {
  return extraction.text.find(text) != std::string::npos;
}

const std::string kMenu =
    "<div><ul><li><a href=/a>Home page</a><li><a href=/b>All products</a><li><a "
    "href=/c>Contact us today</a></ul></div>";

TEST(Extract, AnArticleWithoutItsSurroundings) {
  const auto page = extract(
      "<html lang=en><head><title>The old mill | Village News</title>"
      "<meta property=og:site_name content='Village News'><meta name=author content='A. Miller'>"
      "<meta property='article:published_time' content=2020-01-02></head><body>" +
      kMenu + "<div id=main><h1>The old mill</h1><div class=byline>By A. Miller</div>" +
      paragraphs(5) +
      "<h2>The wheel</h2><p>Short one.</p><ul><li>Oak beams</li><li>Iron rings</li></ul>" +
      paragraphs(2) + "<div class='share-buttons'><p>" + sentences(1, "Share it") +
      "</p></div></div><div class=comments><p>" + sentences(6, "I think") +
      "</p></div><footer><p>" + sentences(2, "Copyright") + "</p></footer></body></html>");
  EXPECT_EQ(page.title, "The old mill");
  EXPECT_EQ(page.author, "A. Miller");
  EXPECT_EQ(page.published, "2020-01-02");
  EXPECT_EQ(page.language, "en");
  EXPECT_EQ(page.charset, "UTF-8");
  EXPECT_TRUE(page.text.starts_with("Mill 0 ground corn"));
  EXPECT_TRUE(holds(page, "number 1.\nThe wheel\nShort one.\nOak beams\nIron rings\nMill 0"));
  for (const char* stranger : {"Home", "By A.", "Share it", "I think", "Copyright", "The old mill"})
    EXPECT_FALSE(holds(page, stranger)) << stranger;
}

TEST(Extract, ChineseArticles) {
  std::string body;
  for (int i = 0; i < 6; ++i)
    body +=
        "<p>"
        "　　数据质量决定模型的上限，团队每天清洗来自网页的文本，并记录每一条规则删除了什么。第" +
        std::to_string(i) + "段说明去重的办法，以及为什么它是确定的。</p>";
  const auto page = extract(
      "<title>数据质量</title><div class=nav><a href=/>首页</a></div><div "
      "class=TRS_Editor>" +
      body +
      "</div><p>责任编辑：张三</p><div>相关阅读</div><p><a "
      "href=/2>另一篇很长的文章的标题在这里</a></p>");
  EXPECT_TRUE(holds(page, "第5段说明去重的办法，以及为什么它是确定的。"));
  EXPECT_TRUE(page.text.ends_with("确定的。"));
  EXPECT_FALSE(holds(page, "首页"));
}

TEST(Extract, LineBreaksAndPreformattedText) {
  const auto page =
      extract("<div>" + sentences(3) + "<br>" + sentences(3, "A wheel") + "<br/><br>" +
              sentences(3, "A stone") + "<pre>let a = 1;\n  let b = 2;</pre>" +
              sentences(3, "An axle") + "</div>");
  EXPECT_TRUE(holds(page, "number 2.\nA wheel ground"));
  EXPECT_TRUE(holds(page, "number 2.\nA stone ground"));
  EXPECT_TRUE(holds(page, "\nlet a = 1;\nlet b = 2;\nAn axle"));
}

TEST(Extract, ARowOfATableIsALine) {
  const auto page = extract("<article>" + paragraphs(3) +
                            "<table><tr><th>Part<th>Wood<tr><td>Wheel<td>Oak</table>" +
                            paragraphs(2) + "</article>");
  EXPECT_TRUE(holds(page, "\nPart | Wood\nWheel | Oak\n"));
}

TEST(Extract, AWrapperThatIsCalledSidebarIsNotBelieved) {
  const auto page = extract("<div class='with-sidebar'>" + paragraphs(6) + "</div>");
  EXPECT_TRUE(holds(page, "Mill 5 ground"));
}

TEST(Extract, PagesWithoutAnArticleGiveLittle) {
  std::string links;
  for (int i = 0; i < 200; ++i)
    links += "<li><a href=/" + std::to_string(i) + ">A headline about something, number " +
             std::to_string(i) + "</a></li>";
  EXPECT_EQ(extract("<body><ul>" + links + "</ul></body>").text, "");
  EXPECT_EQ(extract("").text, "");
  EXPECT_EQ(extract("plain words").title, "");
}

TEST(Extract, ALongPageIsCut) {
  const std::string html = "<p>" + sentences(1000) + "</p>";
  ExtractSettings settings;
  settings.max_bytes = 10'000;
  const auto page = extract(html, settings);
  EXPECT_TRUE(page.is_cut);
  EXPECT_LE(page.text.size(), 10'000U);
  EXPECT_FALSE(extract(html).is_cut);
}

TEST(Extract, JsonLdTrimsWhatItDoesNotName) {
  const std::string body = sentences(8);
  const auto page = extract(
      "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"articleBody\":\"" + body +
      "\"}</script><div><p>Our editors chose this story, because it moved them, long after they "
      "had "
      "closed it.</p><p>" +
      body +
      "</p><p>Do you like old machines? Visit the shop, where books about them are sold, and tell "
      "your friends.</p></div>");
  EXPECT_EQ(page.text, body);
}

RC_GTEST_PROP(Extract, AnyBytesGiveUtf8, (const std::string& bytes)) {
  const auto page = extract(bytes);
  for (const auto& text : {page.text, page.title, page.author, page.published, page.language})
    RC_ASSERT(!base::invalid_utf8(text));
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

/// Pages made to hold up a reader. Were one read in more than linear time, this would take hours.
TEST(Extract, HostilePages) {
  constexpr std::size_t kMany = 300'000;
  const std::vector<std::string> pages = {
      repeated("<div>", kMany),
      repeated("<b><p>", kMany),
      repeated("<a><div></a>", kMany),
      repeated("<table><tr><td>", kMany),
      repeated("<div class=nav>", kMany) + repeated("</b></p></li>", kMany),
      repeated("<ul><li><p>", 170) + repeated("</table></td><li>x", kMany),
      "<p " + repeated("a=b ", 4 * kMany) + ">x",
      "<p class='" + repeated("comment-body ", kMany) + "'>x",
      "<p>" + repeated("word, ", 2 * kMany),
      repeated("<p>a, b.</p>", kMany),
      repeated("<p class=share>Long enough a sentence to count, as most are, I think.</p>", 50'000),
      repeated("<!--", kMany),
      repeated("<!-- -", kMany),
      "<script><!--" + repeated("<script>", kMany),
      "<script>" + repeated("</scrip", kMany),
      repeated("<title>", kMany),
      repeated("<svg><math>", kMany),
      repeated("<svg><p>", kMany),
      repeated("<", kMany),
      repeated("</", kMany),
      repeated("<a b='", kMany),
      repeated("&CounterClockwiseContourIntegra", kMany),
      repeated("&", kMany),
      "&#" + repeated("9", kMany),
      repeated("<h2>Related</h2>", kMany),
      repeated("<pre>\n", kMany),
      repeated("\xE4\xB8", kMany),
      repeated("<script type='application/ld+json'>{\"articleBody\":\"", 1) +
          repeated("a b c d ", kMany),
      repeated("<meta name=author content=", kMany),
      "<title>" + repeated("long ", kMany) + "</title>" + repeated("<br>Short words here.", kMany),
  };
  for (const auto& page : pages) EXPECT_FALSE(base::invalid_utf8(extract(page).text));
}

/// Pieces of pages in any order.
RC_GTEST_PROP(Extract, AnyTagsGiveUtf8, ()) {
  static const std::vector<std::string> kPieces = {"<p>",      "</p>",      "<div class='a nav'>",
                                                   "</div>",   "<table>",   "<td>",
                                                   "</table>", "<a href",   "</a>",
                                                   "<li>",     "<ul>",      "<svg>",
                                                   "</svg>",   "<b",        "<!--",
                                                   "-->",      "<script>",  "</script",
                                                   "&#",       "&nGt;",     "\xC2",
                                                   "\xE4\xB8", "数据。",    "A word, and another. ",
                                                   "<h2>",     "<br>",      "\"",
                                                   "<title>",  "<pre>\n",   "<select>",
                                                   "</body>",  "<html>",    "<head>",
                                                   "=",        "<noscript>"};
  const auto picks = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::inRange<std::size_t>(0, kPieces.size()));
  std::string html;
  for (const auto pick : picks) html += kPieces[pick];
  const auto page = extract(html);
  RC_ASSERT(!base::invalid_utf8(page.text));
  RC_ASSERT(page.text == extract(html).text);
}

}  // namespace

}  // namespace fulcrum::data::web

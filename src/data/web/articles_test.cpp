// The marked articles, where they are at hand: mean precision and recall of four words in a row, as
// the article extraction benchmark measures (here a word is a run of ASCII letters and digits or of
// other characters), on the pages as they are and on worse ones.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <regex>

#include "base/files.h"
#include "base/json.h"
#include "data/web/extract.h"
#include "data/web/page_files.h"

namespace fulcrum::data::web {

namespace {

namespace fs = std::filesystem;

using Bag = std::map<std::string, int>;

Bag fours_of(std::string_view text) {
  std::vector<std::string> words;
  bool is_open = false;
  for (const char c : text) {
    const bool is_word = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
                         static_cast<unsigned char>(c) >= 0xC3;
    const bool goes_on = is_open && (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (is_word && !is_open) words.emplace_back();
    is_open = is_word || goes_on;
    if (is_open) words.back() += c;
  }
  Bag bag;
  for (std::size_t i = 0; i + 3 < words.size(); ++i)
    ++bag[words[i] + ' ' + words[i + 1] + ' ' + words[i + 2] + ' ' + words[i + 3]];
  return bag;
}

int size_of(const Bag& bag) {
  int size = 0;
  for (const auto& [four, count] : bag) size += count;
  return size;
}

struct Page {
  std::string html, article;
};

std::vector<Page> marked_pages() {
  const char* named = std::getenv("FULCRUM_SHARED_DATA");
  const fs::path folder =
      fs::path(named ? named : FULCRUM_SOURCE_DIR "/../shared/data") / "text/web-articles";
  std::vector<Page> pages;
  const auto truth = base::read_file(folder / "ground-truth.json");
  if (!truth) return pages;
  const auto marked = base::parse_json(*truth, "truth");
  if (!marked) return pages;
  for (const auto& [name, article] : marked->as_object()) {
    auto html = read_page_file(folder / "html" / (std::string(name) + ".html.gz"), 32U << 20);
    if (html) pages.push_back({std::move(*html), base::get_string(article, "articleBody")});
  }
  return pages;
}

double f1_of(const std::vector<Page>& pages,
             const std::function<std::string(const std::string&)>& change) {
  double precision = 0, recall = 0;
  for (const Page& page : pages) {
    const Bag ours = fours_of(extract(change(page.html)).text), truth = fours_of(page.article);
    int common = 0;
    for (const auto& [four, count] : ours)
      if (const auto found = truth.find(four); found != truth.end())
        common += std::min(count, found->second);
    precision += ours.empty() ? 0 : static_cast<double>(common) / size_of(ours);
    recall += truth.empty() ? 1 : static_cast<double>(common) / size_of(truth);
  }
  const auto count = static_cast<double>(pages.size());
  return 2 * precision * recall / count / (precision + recall);
}

TEST(Articles, F1) {
  const auto pages = marked_pages();
  if (pages.empty()) GTEST_SKIP() << "the marked articles are not at hand (FULCRUM_SHARED_DATA)";
  const auto same = [](const std::string& html) { return html; };
  const auto without_names = [](const std::string& html) {
    static const std::regex kNames("\\s(class|id)=(\"[^\"]*\"|'[^']*')");
    return std::regex_replace(html, kNames, "");
  };
  const auto wrapped = [](const std::string& html) {
    static const std::regex kDiv("<div"), kEnd("</div>");
    return std::regex_replace(std::regex_replace(html, kDiv, "<div><div"), kEnd, "</div></div>");
  };
  const double as_they_are = f1_of(pages, same);
  RecordProperty("f1", std::to_string(as_they_are));
  EXPECT_GE(as_they_are, 0.97);
  EXPECT_GE(f1_of(pages, without_names), 0.945);
  EXPECT_GE(f1_of(pages, wrapped), as_they_are - 0.005);
}

}  // namespace

}  // namespace fulcrum::data::web

// Main-text extraction over pages in memory, on one core: all of it, its reading of HTML alone, and
// gumbo's parser over the same pages. One JSON line a figure; the reference is gumbo.
//   extract_bench FOLDER    pages, *.html or *.html.gz; without one, pages are made up
#include <fmt/format.h>
#include <gumbo.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "data/web/extract.h"
#include "data/web/page.h"
#include "data/web/page_files.h"
#include "measure.h"

namespace {

using namespace fulcrum;

constexpr int kRounds = 5;
constexpr std::size_t kMaxBytes = 32U << 20;

/// Mostly scripts, then tags, little text: what pages of news are made of.
std::vector<std::string> made_up() {
  std::vector<std::string> pages;
  for (int n = 0; n < 40; ++n) {
    std::string page = "<html><head><title>Page</title><script>";
    for (int i = 0; i < 2500; ++i)
      page += "function f" + std::to_string(i) + "(a){if(a<3&&b>2){return \"x\"}};";
    page += "</script></head><body>";
    for (int i = 0; i < 250; ++i)
      page += "<div class=\"menu__item item-" + std::to_string(i) +
              "\"><a class='link link--small' href=\"https://site.example/section/" +
              std::to_string(i) + "?utm=1\" data-track='a'>Section " + std::to_string(i) +
              "</a></div>\n";
    page += "<article class=\"post-content\">";
    for (int i = 0; i < 40; ++i)
      page +=
          "<p>It was the year when the mill, which had stood <em>still</em> since the flood, "
          "began to turn again &mdash; slowly, and not on every day. Number " +
          std::to_string(i * n) + ".</p>\n";
    pages.push_back(page + "</article></body></html>");
  }
  return pages;
}

/// CPU-seconds of the fastest round.
double fastest_s(const std::function<void()>& work) {
  double best_s = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const std::clock_t begin = std::clock();
    work();
    best_s = std::min(best_s, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return best_s;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> pages;
  if (argc > 1) {
    for (const auto& file : bench::must(data::web::page_files_in(argv[1])))
      if (!data::web::is_archive(file))
        pages.push_back(bench::must(data::web::read_page_file(file, kMaxBytes)));
  } else {
    pages = made_up();
  }
  double bytes = 0;
  for (const auto& page : pages) bytes += static_cast<double>(page.size());
  std::size_t sink = 0;
  data::web::Page tree;
  const double gumbo_s = fastest_s([&] {
    for (const auto& page : pages) {
      GumboOutput* output =
          gumbo_parse_with_options(&kGumboDefaultOptions, page.data(), page.size());
      sink += output->root->v.element.children.length;
      gumbo_destroy_output(&kGumboDefaultOptions, output);
    }
  });
  const double tree_s = fastest_s([&] {
    for (const auto& page : pages) {
      data::web::read_page(page, {}, tree);
      sink += tree.blocks.size();
    }
  });
  const double all_s = fastest_s([&] {
    for (const auto& page : pages) sink += data::web::extract(page).text.size();
  });
  const auto count = static_cast<double>(pages.size());
  for (const auto& [name, seconds] :
       {std::pair{"data.extract", all_s}, std::pair{"data.extract.read_page", tree_s},
        std::pair{"data.extract.gumbo_parse", gumbo_s}})
    fmt::print(
        "{{\"bench\":\"{}\",\"pages\":{},\"page_bytes\":{:.0f},\"pages_per_cpu_s\":{:.0f},"
        "\"mb_per_cpu_s\":{:.0f},\"ratio\":{:.1f}}}\n",
        name, pages.size(), bytes / count, count / seconds, bytes / 1e6 / seconds,
        gumbo_s / seconds);
  return sink == 0 ? 1 : 0;
}

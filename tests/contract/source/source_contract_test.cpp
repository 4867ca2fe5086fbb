// What every data::Source promises: the same rows however often it was killed, nothing lost or
// doubled, errors with a stable code. A new source adds one case at the bottom.
#include "data/source.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <map>

#include "base/files.h"
#include "data/quiet_progress.h"
#include "data/steps.h"

namespace fulcrum::data {
namespace {

namespace json = base::json;
namespace fs = std::filesystem;

/// A site with an API of three pages and a catalogue of twelve items.
base::Result<FetchReply> serve(const FetchRequest& request, std::size_t attempt) {
  FetchReply reply{.status = 200, .body = {}, .headers = {}, .final_url = {}};
  const std::string path = request.url.substr(request.url.find('/', std::string("http://").size()));
  if (attempt == 0 && path.ends_with("2")) {  // every second page fails once
    reply.status = 503;
  } else if (path == "/robots.txt") {
    reply.body = "User-agent: *\nDisallow: /item/3\nCrawl-delay: 0.01\n";
  } else if (path.starts_with("/api?page=")) {
    const int page = std::stoi(path.substr(10));
    json::array items;
    for (int i = 0; i < 5; ++i) items.push_back(json::object{{"id", page * 10 + i}});
    json::object body{{"items", items}, {"next", nullptr}};
    if (page < 3) body["next"] = fmt::format("/api?page={}", page + 1);
    reply.body = base::to_text(body);
  } else if (path == "/") {
    reply.headers["content-type"] = "text/html";
    for (int i = 0; i < 12; ++i)
      reply.body += fmt::format("<a href='/item/{}?utm_source=home'>x</a>", i);
    reply.body += "<a href='http://other.test/'>away</a><a href='/gone'>gone</a>";
  } else if (path.starts_with("/item/")) {
    const int item = std::stoi(path.substr(6));
    reply.headers["content-type"] = "text/html; charset=utf-8";
    reply.body = fmt::format(
        "<link rel=canonical href='/item/{}'><h1>Thing {}</h1><b class=price>{}.50</b>"
        "<a href='/item/{}?ref=next'>next</a>",
        item % 10, item, item, (item + 1) % 12);
  } else {
    reply.status = 404;
  }
  return reply;
}

struct Case {
  const char* name;
  std::function<json::object(const fs::path& folder)> source;  // may put files into the folder
  std::int64_t records;
};

class SourceContract : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              fmt::format("fulcrum-source-{}-{}", ::getpid(), GetParam().name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    settings_ = json::object{{"source", GetParam().source(folder_)}};
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// Runs in `work`; the fetcher dies for good after `lives` requests.
  base::Result<exec::StepResult> run(const std::string& work, std::size_t lives) {
    fs::create_directories(folder_ / work);
    const exec::StepSpec spec{.step = "s",
                              .kind = "data.collect",
                              .settings = settings_,
                              .inputs = {},
                              .work_folder = (folder_ / work).string(),
                              .seed = 1};
    std::size_t requests = 0;
    MemoryFetcher fetcher(
        [&](const FetchRequest& request, std::size_t attempt) -> base::Result<FetchReply> {
          if (++requests > lives) return base::failed("fetch.connect", "killed");
          return serve(request, attempt);
        });
    ManualWaiter waiter;
    QuietProgress quiet;
    return collect(spec, quiet, fetcher, waiter);
  }
  /// All that the output's digest is made of.
  std::string content(const std::string& work) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / work / "raw"))
      if (entry.is_regular_file())
        files[entry.path().filename().string()] = base::read_file(entry.path()).value();
    std::string all;
    for (const auto& [name, text] : files) all.append(name).append(":").append(text);
    return all;
  }
  /// The same source at another address.
  void move_to(const std::string& origin) {
    auto& source = settings_.as_object()["source"].as_object();
    std::string url = base::get_string(settings_, "source.url");
    if (!url.empty()) source["url"] = url.replace(0, url.find('/', 8), origin);
    const std::string path = base::get_string(settings_, "source.path");
    if (path.empty()) return;
    const fs::path moved = folder_ / origin.substr(7) / fs::path(path).filename();
    fs::create_directories(moved.parent_path());
    fs::copy(path, moved, fs::copy_options::recursive);
    source["path"] = moved.string();
  }
  fs::path folder_;
  json::value settings_;
};

TEST_P(SourceContract, CollectsEverythingOnce) {
  const auto result = run("once", 10'000);
  ASSERT_TRUE(result) << base::describe(result.error());
  EXPECT_EQ(result->report.at("records").as_int64(), GetParam().records);
  ASSERT_EQ(result->commands.size(), 1U);
  EXPECT_EQ(result->commands[0].name, "source.record");
  EXPECT_FALSE(base::get_string(result->commands[0].body, "cursor").empty());
  EXPECT_EQ(result->outputs.at("rows"), "raw");
  EXPECT_TRUE(fs::exists(folder_ / "once/raw/manifest.json"));
}

TEST_P(SourceContract, EndsTheSameAfterBeingStoppedAnywhere) {
  const auto whole = run("whole", 10'000);
  ASSERT_TRUE(whole);
  for (std::size_t lives = 1; lives < 40; lives += 3) {
    const std::string work = fmt::format("stopped-{}", lives);
    for (int attempt = 0; attempt < 100; ++attempt)
      if (run(work, attempt == 0 ? lives : lives + 3)) break;
    ASSERT_TRUE(run(work, 10'000));
    EXPECT_EQ(content(work), content("whole")) << "stopped after " << lives << " requests";
  }
}

TEST_P(SourceContract, WhereItCameFromIsNoPartOfTheRows) {
  const auto first = run("first", 10'000);
  move_to("http://127.0.0.1:4001");
  const auto second = run("second", 10'000);
  move_to("http://127.0.0.1:4002");
  const auto third = run("third", 10'000);
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(content("second"), content("first"));
  EXPECT_EQ(content("third"), content("first"));
  if (base::get_string(settings_, "source.url").empty()) return;
  const auto provenance = base::read_file(folder_ / "third" / third->outputs.at("provenance"));
  ASSERT_TRUE(provenance);
  EXPECT_NE(provenance->find("http://127.0.0.1:4002/"), std::string::npos) << *provenance;
}

TEST_P(SourceContract, DropsWhatAKillLeftHalfWritten) {
  ASSERT_TRUE(run("whole", 10'000));
  const std::string expected = content("whole");
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "whole/raw"))
    if (entry.path().extension() == ".jsonl")
      std::ofstream(entry.path(), std::ios::app) << "{\"half";
  ASSERT_TRUE(run("whole", 10'000));
  EXPECT_EQ(content("whole"), expected);
}

TEST_P(SourceContract, AnUnknownSettingIsAnErrorThatNamesIt) {
  settings_.as_object()["source"].as_object()["colour"] = 1;
  const auto result = run("typo", 10'000);
  ASSERT_FALSE(result);
  EXPECT_NE(base::describe(result.error()).find("colour"), std::string::npos);
}

json::object inline_rows(const fs::path&) {
  return {{"kind", "inline"}, {"rows", {{{"user", "u1"}}, {{"user", "u2"}}}}};
}
json::object http_json(const fs::path&) {
  return {{"kind", "http_json"},
          {"url", "http://shop.test/api?page=1"},
          {"rate_per_s", 0},
          {"retries", 2}};
}
json::object crawl(const fs::path&) {
  return {{"kind", "crawl"},
          {"url", "http://shop.test/"},
          {"rate_per_s", 0},
          {"retries", 2},
          {"fields", {{"title", "h1"}, {"price", "b.price"}}}};
}
json::object files(const fs::path& folder) {
  fs::create_directories(folder / "logs/deep");
  std::ofstream(folder / "logs/a.jsonl") << "{\"a\":1}\n{\"a\":2}\n";
  std::ofstream(folder / "logs/deep/b.csv") << "x,y\n1,2";
  std::ofstream(folder / "logs/c.jsonl.part") << "unfinished";
  return {{"kind", "files"}, {"path", (folder / "logs").string()}};
}
json::object table(const fs::path& folder) {
  std::ofstream file(folder / "ratings.csv");
  file << "userId,movieId,rating,timestamp\n";
  for (int i = 0; i < 1000; ++i)
    file << i % 7 << "," << i << "," << i % 5 << "," << 1'700'000'000 + i << "\n";
  return {{"kind", "table"},
          {"path", (folder / "ratings.csv").string()},
          {"min_value", 2},
          {"columns",
           {{"user", "userId"}, {"item", "movieId"}, {"time", "timestamp"}, {"value", "rating"}}}};
}

// The crawl: twelve links, /item/3 is refused, items 10 and 11 are canonically 0 and 1.
INSTANTIATE_TEST_SUITE_P(Sources, SourceContract,
                         testing::Values(Case{"inline", inline_rows, 2},
                                         Case{"http_json", http_json, 15}, Case{"crawl", crawl, 9},
                                         Case{"files", files, 4}, Case{"table", table, 600}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace fulcrum::data

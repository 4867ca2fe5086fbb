// Mistakes in sources, and politeness.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "data/polite_fetcher.h"
#include "data/quiet_progress.h"
#include "data/steps.h"

namespace fulcrum::data {
namespace {

namespace json = base::json;
namespace fs = std::filesystem;

class Sources : public testing::Test {
 protected:
  fs::path folder_ = fs::temp_directory_path() / fmt::format("fulcrum-sources-{}", ::getpid());
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  base::Result<exec::StepResult> run(json::object source, MemoryFetcher::Answer answer = {}) {
    MemoryFetcher fetcher(
        answer ? answer : [](const FetchRequest&, std::size_t) -> base::Result<FetchReply> {
          return base::failed("fetch.connect", "nobody there");
        });
    ManualWaiter waiter;
    QuietProgress quiet;
    fs::create_directories(folder_ / "work");
    return collect({.step = "s",
                    .kind = "data.collect",
                    .settings = json::object{{"source", std::move(source)}},
                    .inputs = {},
                    .work_folder = (folder_ / "work").string(),
                    .seed = 1},
                   quiet, fetcher, waiter);
  }
  base::Error table_error(std::string_view content, const char* time_column = "time") {
    fs::remove_all(folder_ / "work");
    std::ofstream(folder_ / "t.csv", std::ios::binary) << content;
    const auto result = run({{"kind", "table"},
                             {"path", (folder_ / "t.csv").string()},
                             {"columns", {{"time", time_column}}}});
    return result ? base::Error{} : result.error();
  }
};

TEST_F(Sources, EveryMistakeInATableHasItsPlace) {
  const std::tuple<std::string, const char*, const char*> cases[] = {
      {"user,item,when\n1,2,3\n", "table.column", "t.csv:1:1"},
      {"", "table.empty", "t.csv:1:1"},
      {"user,item,time\n", "table.empty", "t.csv:1:1"},
      {"user,item,time\n1,2,1700000000\n1,2,soon\n", "table.time", "t.csv:3:3"},
      {"user,item,time\n1,2\n", "table.ragged", "t.csv:2:3"},
      {"user,item,time\n1,\xB0\xA1,1700000000\n", "csv.encoding", "t.csv:2:2"},
      {std::string("\xFF\xFEu\0s\0", 6), "csv.encoding", "t.csv:1:0"},
      {"user,item,time\n1,\"2,1700000000\n", "csv.quote", "t.csv:3:1"},
  };
  for (const auto& [content, code, field] : cases) {
    const base::Error error = table_error(content);
    EXPECT_EQ(error.code, code) << content;
    EXPECT_EQ(error.field, field) << base::describe(error);
    EXPECT_FALSE(error.fix.empty()) << base::describe(error);
  }
  EXPECT_EQ(table_error("\xEF\xBB\xBFuser;item;time\n1;2;2026-01-01T00:00:00Z\n").code, "");
}

TEST_F(Sources, SaysWhatIsMissing) {
  EXPECT_EQ(run({{"kind", "files"}, {"path", (folder_ / "absent").string()}}).error().code,
            "source.path");
  fs::create_directories(folder_ / "empty");
  EXPECT_EQ(run({{"kind", "files"}, {"path", (folder_ / "empty").string()}}).error().code,
            "source.empty");
  const auto unknown = run({{"kind", "ftp"}});
  EXPECT_EQ(unknown.error().code, "source.kind");
  EXPECT_NE(unknown.error().fix.find("http_json"), std::string::npos);
}

TEST_F(Sources, PicksUpLateFilesAndKeepsOriginals) {
  fs::create_directories(folder_ / "logs");
  const std::string original("{\"a\":1}\n\0\xFF", 10);
  ASSERT_TRUE(base::write_file(folder_ / "logs/day-1.jsonl", original));
  const json::object source{{"kind", "files"}, {"path", (folder_ / "logs").string()}};
  const auto first = run(source).value();
  EXPECT_EQ(base::read_file(folder_ / "work/raw/day-1.jsonl").value(), original);
  ASSERT_TRUE(base::write_file(folder_ / "logs/day-0-late.jsonl", "{\"a\":0}\n"));
  json::object again = source;
  again["cursor"] = base::get_string(first.commands[0].body, "cursor");
  const auto second = run(again).value();
  EXPECT_EQ(second.report.at("late_files").as_int64(), 1);
  EXPECT_EQ(second.report.at("resumed_bytes").as_int64(), 10);
  EXPECT_EQ(base::read_file(folder_ / "work/raw/day-1.jsonl").value(), original);
}

TEST_F(Sources, ARobotsFileThatCannotBeReadClosesTheSite) {
  const json::object source{
      {"kind", "crawl"}, {"url", "http://h.test/"}, {"retries", 1}, {"fields", {{"t", "h1"}}}};
  EXPECT_EQ(run(source).error().code, "source.robots");
  const auto refused =
      run(source, [](const FetchRequest&, std::size_t) -> base::Result<FetchReply> {
        return FetchReply{200, "User-agent: *\nDisallow: /\n", {}, {}};
      });
  EXPECT_EQ(refused.error().code, "source.robots");
}

TEST_F(Sources, AnApiThatLeadsElsewhereOrInCirclesIsAnError) {
  const json::object source{{"kind", "http_json"}, {"url", "http://h.test/a"}, {"max_pages", 5}};
  const auto answer_with = [](const char* next) {
    return [next](const FetchRequest&, std::size_t) -> base::Result<FetchReply> {
      return FetchReply{200, fmt::format("{{\"items\":[1],\"next\":\"{}\"}}", next), {}, {}};
    };
  };
  EXPECT_EQ(run(source, answer_with("http://evil.test/")).error().code, "source.next");
  fs::remove_all(folder_ / "work");
  EXPECT_EQ(run(source, answer_with("/a")).error().code, "source.loop");
}

TEST(PoliteFetcher, BacksOffRetriesAndKeepsTheRate) {
  ManualWaiter waiter;
  MemoryFetcher flaky([](const FetchRequest&, std::size_t attempt) -> base::Result<FetchReply> {
    if (attempt == 0) return base::failed("fetch.timeout", "late");
    if (attempt == 1) return FetchReply{429, "", {{"retry-after", "7"}}, {}};
    if (attempt == 2) return FetchReply{503, "", {}, {}};
    return FetchReply{200, "ok", {}, {}};
  });
  PoliteFetcher fetcher(flaky, waiter, {.rate_per_s = 2, .retries = 5, .backoff_s = 1}, 1);
  EXPECT_EQ(fetcher.get("http://h.test/").value().body, "ok");
  EXPECT_EQ(fetcher.counters().requests, 4);
  EXPECT_EQ(fetcher.counters().retries, 3);
  const auto& waits = waiter.waited();
  ASSERT_GE(waits.size(), 3U);
  EXPECT_NEAR(static_cast<double>(waits[0]), 1.125e6, 0.126e6);
  EXPECT_GE(*std::max_element(waits.begin(), waits.end()), 7'000'000);
  const auto before = waiter.now_us();
  for (int i = 0; i < 10; ++i) (void)fetcher.get("http://h.test/").has_value();
  EXPECT_GE(waiter.now_us() - before, 4'500'000) << "ten requests at two a second";

  MemoryFetcher down([](const FetchRequest&, std::size_t) -> base::Result<FetchReply> {
    return FetchReply{503, "", {}, {}};
  });
  PoliteFetcher patient(down, waiter, {.retries = 2}, 1);
  EXPECT_EQ(patient.get("http://h.test/").error().code, "fetch.status");
  EXPECT_EQ(patient.counters().requests, 3);
}

}  // namespace
}  // namespace fulcrum::data

#include "sched/report/report.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "base/text.h"
#include "sched/stages/presets.h"

namespace fulcrum::sched {

namespace {

Trace busy_trace() {
  Trace trace;
  trace.groups = {"vision", "speech<&>"};
  trace.users = {"all"};
  base::Random random(7);
  for (int i = 0; i < 200; ++i) {
    TraceJob job;
    job.line = i;
    job.submit_s = i * 30;
    job.duration_s = static_cast<double>(60 + random.below(600));
    job.devices = static_cast<std::uint32_t>(1 + random.below(4));
    job.group = static_cast<std::uint32_t>(i % 2);
    trace.jobs.push_back(job);
  }
  return trace;
}

double no_clock() {
  return 0;
}

std::vector<SimulationRun> runs_of(const char* cluster) {
  std::vector<SimulationRun> runs;
  const Trace trace = busy_trace();
  for (const char* name : {"fifo", "sjf"})
    for (const std::uint64_t seed : {0, 1})
      runs.push_back(simulate(trace, *parse_cluster(cluster), Prediction::kPerfect, name,
                              *find_policy(name), seed, no_clock, true));
  return runs;
}

std::vector<std::string> names_of(const std::vector<ReportFile>& files) {
  std::vector<std::string> names;
  for (const ReportFile& file : files) names.push_back(file.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

TEST(Report, ThePageHoldsAllRunsAllPlotsAndTheirNumbers) {
  const auto files =
      report_of({"jobs.csv", "4x4", Prediction::kPerfect, {{"never ran", 3}}}, runs_of("4x4"));
  ASSERT_TRUE(files) << base::describe(files.error());
  EXPECT_EQ(names_of(*files),
            (std::vector<std::string>{"fragmentation.svg", "groups.svg", "index.html", "jct.svg",
                                      "queue.svg", "utilization.svg", "wait.svg"}));
  const std::string& page = files->front().content;
  for (const char* text : {"jobs.csv on 4x4", "fifo #1", "sjf #0", "never ran", "perfect",
                           "<th scope=\"row\">vision</th>", "speech&lt;&amp;&gt;"})
    EXPECT_NE(page.find(text), std::string::npos) << text;
  EXPECT_EQ(count(page, "<img src=\"data:image/svg+xml;base64,"), 6U);
  EXPECT_EQ(count(page, "<details>"), 6U) << "a table for each plot";
  EXPECT_EQ(count(page, "alt=\""), 6U);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("http://"), std::string::npos) << "nothing from a network";
}

TEST(Report, ThePageSpeaksTheUsersLanguage) {
  base::set_language(base::Language::kChinese);
  const auto files = report_of({"jobs.csv", "4x4", Prediction::kPerfect, {}}, runs_of("4x4"));
  base::set_language(base::Language::kEnglish);
  ASSERT_TRUE(files);
  EXPECT_NE(files->front().content.find("<html lang=\"zh-CN\">"), std::string::npos);
  EXPECT_NE(files->front().content.find("全部运行"), std::string::npos);
  EXPECT_EQ(files->front().content.find("All runs"), std::string::npos);
}

TEST(Report, APoolOfProcessorsHasNoFragmentation) {
  const auto files = report_of({"jobs.csv", "1x64", Prediction::kPerfect, {}}, runs_of("1x64"));
  ASSERT_TRUE(files);
  const auto names = names_of(*files);
  EXPECT_EQ(std::count(names.begin(), names.end(), "fragmentation.svg"), 0);
}

TEST(Report, OfPackingRuns) {
  PackingLine line{"fgd", 42, {{"1.0", 0.95}, {"1.3", std::nan("")}}, 12, 100, 0.5, {}};
  for (int i = 1; i <= 100; ++i) line.samples.push_back({i / 100.0, i / 110.0, 0.1});
  PackingLine second = line;
  second.seed = 43;
  second.samples.clear();
  const auto files = report_of({"nodes.csv", "pods.csv", 1.3}, {line, second});
  ASSERT_TRUE(files) << base::describe(files.error());
  EXPECT_EQ(names_of(*files),
            (std::vector<std::string>{"allocation.svg", "fragmentation.svg", "index.html"}));
  const std::string& page = files->front().content;
  for (const char* text : {"pods.csv on nodes.csv", "95.00", "–", "130 %"})
    EXPECT_NE(page.find(text), std::string::npos) << text;
}

}  // namespace

}  // namespace fulcrum::sched

// Steps in a row, as a plan runs them: collect, clean, version, sample, merge.
#include "data/steps.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/files.h"
#include "base/random.h"
#include "data/quiet_progress.h"
#include "data/versions/checkout.h"

namespace fulcrum::data {
namespace {

namespace json = base::json;
namespace fs = std::filesystem;

class Steps : public testing::Test {
 protected:
  fs::path folder_ = fs::temp_directory_path() / fmt::format("fulcrum-steps-{}", ::getpid());
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "logs");
    std::ofstream file(folder_ / "logs/clicks.jsonl");
    base::Random random(1);
    std::int64_t second = 0;
    for (int i = 0; i < 4000; ++i) {
      second += 5 + static_cast<std::int64_t>(random.below(60));
      file << base::to_text(json::object{
                  {"event_id", fmt::format("e{}", i)},
                  {"time", fmt::format("2026-02-{:02}T{:02}:{:02}:{:02}Z", 1 + second / 86400,
                                       second / 3600 % 24, second / 60 % 60, second % 60)},
                  {"session", fmt::format("s{}", i / 8)},
                  {"user", fmt::format("u{}", i / 8 % 90)},
                  {"item", fmt::format("i{}", random.below(200))},
                  {"event", "view"},
                  {"comment",
                   i % 50 == 0 ? json::value("mail me: a@b.example") : json::value(nullptr)}})
           << "\n";
      if (i % 100 == 0) file << "broken {\n";
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  exec::StepSpec spec(const std::string& kind, json::value settings,
                      std::map<std::string, std::string> inputs) {
    const fs::path work = folder_ / ("work-" + kind);
    fs::create_directories(work);
    return {.step = kind,
            .kind = kind,
            .settings = std::move(settings),
            .inputs = std::move(inputs),
            .work_folder = work.string(),
            .seed = 42};
  }
  exec::StepResult run(const exec::StepSpec& step) {
    QuietProgress quiet;
    for (const auto& kind : step_kinds()) {
      if (kind.kind != step.kind) continue;
      auto result = kind.function(step, quiet);
      EXPECT_TRUE(result) << base::describe(result.error());
      return result ? *result : exec::StepResult{};
    }
    ADD_FAILURE() << "no step " << step.kind;
    return {};
  }
  /// Runs the step in a child that is killed after `delay_us`.
  void run_and_kill(const exec::StepSpec& step, unsigned delay_us) {
    const pid_t child = ::fork();
    if (child == 0) {
      (void)run(step);
      ::_exit(0);
    }
    ::usleep(delay_us);  // a moment to be killed in, not a condition to wait for
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  std::string content(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file() && entry.path().extension() != ".part" &&
          entry.path().string().find("/versions/") ==
              std::string::npos)  // packs of killed attempts
        files[entry.path().filename()] = base::read_file(entry.path()).value();
    std::string all;
    for (const auto& [name, bytes] : files) all += name + ":" + bytes;
    return all;
  }
};

TEST_F(Steps, APipelineKeepsAnAccountOfCollectedRows) {
  std::ofstream(folder_ / "pages.jsonl")
      << R"({"id":"a","text":"One line without an end"})"
         "\n"
      << R"({"id":"b","text":"Every line of this page ends as it should. It is kept."})"
         "\n";
  const auto step = spec(
      "data.pipeline",
      {{"steps", json::array{json::object{
                     {"fineweb", json::object{{"line_punct_thr", 0.5}, {"short_line_thr", 1}}}}}}},
      {{"in", (folder_ / "pages.jsonl").string()}});
  const exec::StepResult result = run(step);
  EXPECT_EQ(result.report.at("records_in"), 2);
  EXPECT_EQ(result.report.at("records_out"), 1);
  const auto report =
      base::parse_json(*base::read_file(fs::path(step.work_folder) / "report.json"), "report");
  const auto& rules = report->at("steps").at(0).at("rules").get_array();
  EXPECT_EQ(rules[1].at("rule"), "line_punct_ratio");
  EXPECT_EQ(rules[1].at("samples").at(0).at("id"), "a");
  const std::string kept = *base::read_file(fs::path(step.work_folder) / "records.jsonl");
  EXPECT_NE(kept.find("\"b\""), std::string::npos);
}

TEST_F(Steps, RunOneAfterAnother) {
  const auto collected =
      run(spec("data.collect",
               {{"source", {{"kind", "files"}, {"path", (folder_ / "logs").string()}}}}, {}));
  EXPECT_EQ(collected.report.at("records").as_int64(), 4040);
  const std::string raw = (folder_ / "work-data.collect/raw").string();
  const auto cleaned = run(spec("data.clean", json::object{}, {{"events", raw}}));
  EXPECT_EQ(base::get_integer(cleaned.report, "dropped"), 40);
  EXPECT_EQ(base::get_integer(cleaned.report, "changed"), 80);
  EXPECT_EQ(base::get_integer(cleaned.report, "by_rule.parse"), 40);
  EXPECT_NEAR(base::get_number(cleaned.report, "quality.completeness.value"), 1, 1e-9);
  const fs::path work = folder_ / "work-data.clean";
  const std::string clean = base::read_file(work / "clean.jsonl").value();
  EXPECT_EQ(clean.find("a@b.example"), std::string::npos);
  EXPECT_EQ(base::read_file(work / "accounting.json")->find("a@b.example"), std::string::npos);
  EXPECT_TRUE(base::read_file(work / "interactions.csv")->starts_with("user,item,time_us\nu0,"));
  EXPECT_TRUE(base::read_file(work / "decisions.jsonl")
                  ->starts_with("{\"file\":\"clicks.jsonl\",\"line\":1,\"action\":\"change\","
                                "\"rule\":\"personal\"}\n"));
  const auto version =
      run(spec("data.version", {{"dataset", "clicks"}, {"quality", cleaned.report.at("quality")}},
               {{"data", (work / "clean.jsonl").string()}}));
  ASSERT_EQ(version.commands.size(), 1U);
  EXPECT_EQ(base::get_integer(version.report, "records"), 4000);
  EXPECT_EQ(base::get_integer(version.commands[0].body.at("files").at(0), "records"), 4000);

  const auto sample =
      run(spec("data.label_sample", {{"queue", "audit"}, {"sessions", 20}, {"simulated", true}},
               {{"sessions", (work / "sessions.jsonl").string()}}));
  json::array answers;
  for (const auto& task : sample.commands[0].body.at("tasks").as_array())
    answers.push_back(json::object{{"subject", task.at("subject")}, {"label", "person"}});
  ASSERT_EQ(answers.size(), 20U);
  ASSERT_TRUE(
      base::write_file(folder_ / "answers.json",
                       base::to_text(json::object{{"tasks", answers}, {"simulated", true}})));
  const auto merged =
      run(spec("data.label_merge", {{"dataset", "clicks"}},
               {{"answers", (folder_ / "answers.json").string()},
                {"sample", (folder_ / "work-data.label_sample/sample.jsonl").string()}}));
  EXPECT_EQ(merged.commands[0].name, "quality.record");
  EXPECT_EQ(base::get_number(merged.commands[0].body, "quality.accuracy.value"), 1);
  EXPECT_LT(base::get_number(merged.commands[0].body, "quality.accuracy.low"), 1);
  EXPECT_TRUE(base::get_bool(merged.commands[0].body, "simulated"));
}

TEST_F(Steps, EndTheSameAfterKills) {
  const auto collect = spec(
      "data.collect", {{"source", {{"kind", "files"}, {"path", (folder_ / "logs").string()}}}}, {});
  const auto clean = spec("data.clean", json::object{},
                          {{"events", (folder_ / "work-data.collect/raw").string()}});
  const auto version = spec("data.version", {{"dataset", "d"}},
                            {{"data", (folder_ / "work-data.clean/clean.jsonl").string()}});
  std::vector<std::string> whole;
  for (const auto* step : {&collect, &clean, &version}) {
    run(*step);
    whole.push_back(content(step->work_folder));
  }
  std::size_t at = 0;
  for (const auto* step : {&collect, &clean, &version}) {
    if (step != &collect) {
      fs::remove_all(step->work_folder);
      fs::create_directories(step->work_folder);
    }
    for (unsigned delay_us = 500; delay_us < 60'000; delay_us = delay_us * 2)
      run_and_kill(*step, delay_us);
    run(*step);
    EXPECT_EQ(content(step->work_folder), whole[at++]) << step->kind;
  }
  const fs::path kept = fs::path(version.work_folder) / "versions";
  const auto repository =
      versions::Repository::open(std::move(*objects::open_local_blobs(kept)), {}).value();
  const auto head = repository->resolve("d", "main");
  ASSERT_TRUE(head) << base::describe(head.error());
  ASSERT_TRUE(versions::checkout(*repository, *head, {.folder = folder_ / "out"}));
  EXPECT_EQ(base::read_file(folder_ / "out/clean.jsonl").value(),
            base::read_file(folder_ / "work-data.clean/clean.jsonl").value());
}

TEST_F(Steps, SettingsWithAMistakeNameIt) {
  QuietProgress quiet;
  const std::string raw = (folder_ / "logs").string();
  const auto typo =
      step_clean(spec("data.clean", {{"windw", json::object{}}}, {{"events", raw}}), quiet);
  EXPECT_NE(base::describe(typo.error()).find("window"), std::string::npos)
      << base::describe(typo.error());
  const auto rule =
      step_clean(spec("data.clean", {{"skip_rules", {"botz"}}}, {{"events", raw}}), quiet);
  EXPECT_EQ(rule.error().code, "clean.rule");
  const auto role =
      step_clean(spec("data.clean", {{"fields", {{"user", "nobody"}}}}, {{"events", raw}}), quiet);
  EXPECT_EQ(role.error().code, "clean.role");
  const auto none = step_clean(spec("data.clean", json::object{}, {}), quiet);
  EXPECT_EQ(none.error().code, "clean.input");
}

}  // namespace
}  // namespace fulcrum::data

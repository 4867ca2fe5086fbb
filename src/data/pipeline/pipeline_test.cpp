#include "data/pipeline/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "base/json.h"
#include "base/random.h"
#include "data/pipeline/explain.h"
#include "data/pipeline/run.h"
#include "data/records/byte_source.h"

namespace fulcrum::data {
namespace {

namespace fs = std::filesystem;
namespace json = base::json;

class PipelineTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) /
        ("pipeline-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static json::value parse(std::string_view text) { return *base::parse_json(text, "test"); }
  static Pipeline pipeline(std::string_view text) {
    auto made = make_pipeline(parse(text));
    EXPECT_TRUE(made) << base::describe(made.error());
    return std::move(*made);
  }
  fs::path write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }
  std::string read(const fs::path& path) { return *base::read_file(path); }

  /// Random documents, some of which each filter drops.
  std::string corpus(std::size_t documents) {
    const char* sentences[] = {"The quick brown fox jumped over that lazy dog and went home.",
                               "We have to be careful with what people of the town believe.",
                               "It was said to be the end of the road, and nobody came with him.",
                               "- a bullet",
                               "Please enable JavaScript.",
                               "short",
                               "###",
                               "…"};
    base::Random random(11);
    std::string out;
    for (std::size_t i = 0; i < documents; ++i) {
      std::string text;
      const auto lines = 1 + random.below(20);
      for (std::uint64_t k = 0; k < lines; ++k)
        text += std::string(sentences[random.below(i % 3 == 0 ? 8 : 3)]) + " Number " +
                std::to_string(random.below(5000)) + " is one of them.\n";
      out += base::to_text(json::object{{"id", "d" + std::to_string(i)},
                                        {"text", text},
                                        {"extra", json::array{1, 2.5, nullptr}}}) +
             "\n";
    }
    return out;
  }

  RunReport run(const Pipeline& pipeline, const std::vector<fs::path>& inputs,
                const std::string& out, unsigned threads, std::size_t piece_bytes = 4096) {
    auto report = run_pipeline(pipeline, {.inputs = inputs,
                                          .output = folder_ / out,
                                          .decisions = folder_ / (out + ".decisions"),
                                          .input_format = {},
                                          .output_format = {},
                                          .threads = threads,
                                          .piece_bytes = piece_bytes,
                                          .stop = nullptr,
                                          .on_progress = {}});
    EXPECT_TRUE(report) << base::describe(report.error());
    return report ? std::move(*report) : RunReport{};
  }

  fs::path folder_;
};

constexpr std::string_view kChain =
    R"({"steps": [{"gopher_repetition": {"top_n_grams": [], "dup_n_grams": [0.9]}}, "gopher_quality",
                  {"c4": {"filter_no_terminal_punct": false, "min_num_sentences": 3}},
                  {"fineweb": {"char_duplicates_ratio": 0.5}}]})";

TEST_F(PipelineTest, EveryRecordIsAccountedFor) {
  const auto input = write("in.jsonl", corpus(600));
  const Pipeline chain = pipeline(kChain);
  const RunReport report = run(chain, {input}, "out.jsonl", 2);
  const Accounting& account = report.account;
  EXPECT_EQ(account.records_in, 600);
  EXPECT_GT(account.records_out, 20);
  std::int64_t dropped = 0;
  for (std::size_t i = 0; i < account.steps.size(); ++i) {
    const std::int64_t came = account.steps[i].records_in;
    for (const auto& rule : account.steps[i].rules) {
      dropped += rule.dropped;
      EXPECT_LE(rule.samples.size(), kSamples);
      EXPECT_EQ(rule.samples.empty(), rule.dropped + rule.changed == 0);
    }
    std::int64_t dropped_here = 0;
    for (const auto& rule : account.steps[i].rules) dropped_here += rule.dropped;
    if (i + 1 < account.steps.size()) {
      EXPECT_EQ(came - dropped_here, account.steps[i + 1].records_in);
    }
  }
  EXPECT_EQ(account.records_in - dropped, account.records_out);
  const std::string decisions = read(folder_ / "out.jsonl.decisions");
  EXPECT_EQ(std::count(decisions.begin(), decisions.end(), '\n'), 600);
  EXPECT_FALSE(fs::exists(folder_ / "out.jsonl.journal"));
}

TEST_F(PipelineTest, ThreadsAndPiecesDoNotChangeTheBytes) {
  const auto input = write("in.jsonl", corpus(600));
  const Pipeline chain = pipeline(kChain);
  const RunReport one = run(chain, {input}, "one.jsonl", 1, 1U << 20);
  for (const unsigned threads : {2U, 7U}) {
    const RunReport many = run(chain, {input}, "many.jsonl", threads, 3000);
    EXPECT_EQ(read(folder_ / "one.jsonl"), read(folder_ / "many.jsonl"));
    EXPECT_EQ(read(folder_ / "one.jsonl.decisions"), read(folder_ / "many.jsonl.decisions"));
    EXPECT_EQ(base::to_text(to_json(one.account)), base::to_text(to_json(many.account)));
  }
}

TEST_F(PipelineTest, AStoppedRunGoesOnToTheSameBytes) {
  const auto input = write("in.jsonl", corpus(2000));
  const Pipeline chain = pipeline(kChain);
  run(chain, {input}, "whole.jsonl", 2);
  for (const std::int64_t stop_at : {1, 300, 900}) {
    std::atomic<bool> stop{false};
    RunOptions options{.inputs = {input},
                       .output = folder_ / "cut.jsonl",
                       .decisions = folder_ / "cut.jsonl.decisions",
                       .input_format = {},
                       .output_format = {},
                       .threads = 2,
                       .piece_bytes = 4096,
                       .stop = &stop,
                       .on_progress = [&](const Accounting& a) { stop = a.records_in >= stop_at; }};
    const auto first = run_pipeline(chain, options);
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().code, "run.stopped");
    EXPECT_FALSE(fs::exists(folder_ / "cut.jsonl"));
    // A torn write behind what the journal knows must not show.
    std::ofstream(folder_ / "cut.jsonl.partial", std::ios::app) << "{\"id\":\"torn";
    stop = false;
    options.on_progress = {};
    const auto second = run_pipeline(chain, options);
    ASSERT_TRUE(second) << base::describe(second.error());
    EXPECT_GE(second->resumed_records, stop_at);
    EXPECT_EQ(second->account.records_in, 2000);
    EXPECT_EQ(read(folder_ / "whole.jsonl"), read(folder_ / "cut.jsonl"));
    EXPECT_EQ(read(folder_ / "whole.jsonl.decisions"), read(folder_ / "cut.jsonl.decisions"));
    fs::remove(folder_ / "cut.jsonl");
    fs::remove(folder_ / "cut.jsonl.decisions");
  }
}

TEST_F(PipelineTest, PackedFilesAreReadAndWritten) {
  const std::string plain = corpus(300);
  const auto input = write("in.jsonl", plain);
  const Pipeline keep_all = pipeline(
      R"({"steps": [{"gopher_quality": {"min_doc_words": 0, "min_avg_word_length": 0,
          "max_avg_word_length": 0, "max_symbol_word_ratio": 0, "max_bullet_lines_ratio": 0,
          "max_ellipsis_lines_ratio": 0, "min_alpha_words_ratio": 0, "min_stop_words": 0}}]})");
  for (const char* ending : {".gz", ".zst"}) {
    run(keep_all, {input}, std::string("p.jsonl") + ending, 2);
    run(keep_all, {folder_ / (std::string("p.jsonl") + ending)}, "back.jsonl", 2);
    EXPECT_EQ(read(folder_ / "back.jsonl"), plain) << ending;
  }
}

TEST_F(PipelineTest, BadRecordsAreCountedOrStopTheRun) {
  const auto input = write("in.jsonl",
                           "{\"id\":\"a\",\"text\":\"x\"}\n{\"id\": oops}\n[1]\n\n"
                           "{\"id\":\"b\",\"text\":\"\xff\"}\n{\"id\":\"c\",\"text\":\"y\"}");
  const std::string step =
      R"("steps": [{"fineweb": {"line_punct_thr": 0, "short_line_thr": 1, "new_line_ratio": 9}}])";
  const RunReport report = run(pipeline("{" + step + "}"), {input}, "out.jsonl", 1);
  EXPECT_EQ(report.account.records_in, 5);
  EXPECT_EQ(report.account.bad.dropped, 3);
  EXPECT_EQ(report.account.records_out, 2);
  ASSERT_EQ(report.account.bad.samples.size(), 3U);

  const auto stopped = run_pipeline(pipeline("{\"bad_records\": \"stop\", " + step + "}"),
                                    {.inputs = {input},
                                     .output = folder_ / "stop.jsonl",
                                     .decisions = {},
                                     .input_format = {},
                                     .output_format = {},
                                     .threads = 1,
                                     .piece_bytes = 4096,
                                     .stop = nullptr,
                                     .on_progress = {}});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, "record.json");
  EXPECT_EQ(stopped.error().field, "in.jsonl:2");
}

TEST_F(PipelineTest, ATruncatedGzipGivesWhatItHeldAndSaysWhereItBroke) {
  const auto input = write("in.jsonl", corpus(400));
  const Pipeline chain = pipeline(kChain);
  run(pipeline(R"({"steps": [{"fineweb": {"line_punct_thr": 0, "short_line_thr": 1,
                   "new_line_ratio": 99, "char_duplicates_ratio": 1}}]})"),
      {input}, "whole.jsonl.gz", 1);
  const std::string packed = read(folder_ / "whole.jsonl.gz");
  const auto cut = write("cut.jsonl.gz", packed.substr(0, packed.size() / 2));
  const RunReport report = run(chain, {cut}, "out.jsonl", 1);
  EXPECT_GT(report.account.records_in, 100);
  EXPECT_GE(report.account.bad.dropped, 1);
  bool says = false;
  for (const auto& sample : report.account.bad.samples)
    says = says || sample.place.find("cut.jsonl.gz:byte") != std::string::npos;
  EXPECT_TRUE(says);
}

TEST_F(PipelineTest, ARecordBeyondTheLimitIsPassedOverAndCounted) {
  const std::string huge(3U << 20, 'x');
  const auto input = write(
      "in.jsonl", "{\"id\":\"a\",\"text\":\"" + huge + "\"}\n{\"id\":\"b\",\"text\":\"fine\"}\n");
  const RunReport report =
      run(pipeline(R"({"max_record_mb": 1, "steps": [{"fineweb": {"line_punct_thr": 0,
                       "short_line_thr": 1, "new_line_ratio": 99}}]})"),
          {input}, "out.jsonl", 2);
  EXPECT_EQ(report.account.records_in, 2);
  EXPECT_EQ(report.account.bad.dropped, 1);
  EXPECT_EQ(report.account.records_out, 1);
}

TEST_F(PipelineTest, WhatNobodyChangedKeepsItsBytes) {
  const std::string line =
      "{ \"n\": 1.0e+2, \"text\" : \"Tab\\u0009 and \\/ slash.\",\"id\":7 , \"deep\": {\"a\":[ ]} "
      "}\n";
  const auto input = write("in.jsonl", line);
  run(pipeline(R"({"steps": [{"fineweb": {"short_line_thr": 1}}]})"), {input}, "out.jsonl", 1);
  EXPECT_EQ(read(folder_ / "out.jsonl"), line);
  EXPECT_EQ(read(folder_ / "out.jsonl.decisions"), "{\"id\":7,\"keep\":true,\"rule\":\"\"}\n");
}

TEST_F(PipelineTest, WhatIsRedactedStandsInNoSample) {
  const auto input = write("in.jsonl",
                           "{\"id\":\"a\",\"text\":\"- 13812345678\"}\n"
                           "{\"id\":\"b\",\"text\":\"ask a@b.org or 13812345678\"}\n");
  const RunReport report =
      run(pipeline(R"({"steps": [{"gopher_quality": {"min_doc_words": 3, "min_stop_words": 0,
                       "min_avg_word_length": 0, "min_alpha_words_ratio": 0}},
                                 "redact_personal"]})"),
          {input}, "out.jsonl", 1);
  EXPECT_EQ(report.account.records_out, 1);
  const auto& kinds = report.account.steps[1].rules;
  EXPECT_EQ(std::count_if(kinds.begin(), kinds.end(), [](const auto& k) { return k.changed == 1; }),
            2);
  EXPECT_EQ(read(folder_ / "out.jsonl"), "{\"id\":\"b\",\"text\":\"ask [email] or [phone]\"}\n");
  const std::string account = base::to_text(to_json(report.account));
  EXPECT_NE(account.find("- [phone]"), std::string::npos) << account;
  EXPECT_EQ(account.find("13812345678"), std::string::npos);
  EXPECT_EQ(account.find("a@b.org"), std::string::npos);
}

TEST_F(PipelineTest, TablesAreReadAndWritten) {
  std::string table = "id,text,note\n";
  for (int i = 0; i < 300; ++i) table += std::to_string(i) + ",\"ask a@b.org,\nor 13812345678\",\n";
  const auto input = write("in.csv", table);
  const Pipeline chain = pipeline(R"({"steps": ["redact_personal"]})");
  run(chain, {input}, "out.csv", 1);
  const std::string out = read(folder_ / "out.csv");
  EXPECT_TRUE(out.starts_with("id,text,note\n0,\"ask [email],\nor [phone]\",\n1,")) << out;
  run(chain, {input}, "many.csv", 3, 700);
  EXPECT_EQ(read(folder_ / "many.csv"), out);
  run(chain, {input}, "packed.tsv.gz", 2);
  run(chain, {folder_ / "packed.tsv.gz"}, "again.csv", 2);
  EXPECT_EQ(read(folder_ / "again.csv"), out);
}

TEST_F(PipelineTest, ATableHasTheColumnsOfItsFirstRecords) {
  const Pipeline chain = pipeline(R"({"steps": ["redact_personal"]})");
  const auto input = write(
      "in.jsonl", "{\"a\":1,\"text\":\"x\"}\n{\"b\":[1,\"y\"],\"a\":null}\n{\"text\":\"\"}\n");
  run(chain, {input}, "out.csv", 1);
  EXPECT_EQ(read(folder_ / "out.csv"), "a,text,b\n1,x,\n,,\"[1,\"\"y\"\"]\"\n,,\n");
  const auto late = write("late.jsonl", "{\"a\":1}\n" + std::string(5000, ' ') + "\n{\"c\":2}\n");
  const auto failed = run_pipeline(chain, {.inputs = {late},
                                           .output = folder_ / "late.csv",
                                           .decisions = {},
                                           .input_format = {},
                                           .output_format = {},
                                           .threads = 1,
                                           .piece_bytes = 4096,
                                           .stop = nullptr,
                                           .on_progress = {}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "record.unwritable");
}

TEST_F(PipelineTest, MistakesNameTheirPlace) {
  const auto failure = [](std::string_view text) {
    const auto made = make_pipeline(parse(text));
    EXPECT_FALSE(made);
    return made ? base::Error{} : made.error();
  };
  EXPECT_EQ(failure(R"({"steps": ["gopher_qualty"]})").field, "steps[0].gopher_qualty");
  EXPECT_NE(failure(R"({"steps": ["gopher_qualty"]})").fix.find("gopher_quality"),
            std::string::npos);
  EXPECT_EQ(failure(R"({"steps": [{"c4": {"min_num_sentences": "five"}}]})").field,
            "steps[0].c4.min_num_sentences");
  EXPECT_EQ(failure(R"({"steps": ["c4", "c4"]})").code, "pipeline.step");
  EXPECT_EQ(failure(R"({"steps": []})").code, "pipeline.step");
}

TEST_F(PipelineTest, GivenWordsAndSentencesAreBelieved) {
  const auto input =
      write("in.jsonl", R"({"id":"a","text":"ab cd. ef gh ij.","w":["a","b","cd","."],"s":[9]})"
                        "\n");
  const RunReport report = run(pipeline(R"({"fields": {"words": "w", "line_sentences": "s"},
                       "steps": [{"c4": {"min_num_sentences": 9}},
                                 {"gopher_quality": {"min_doc_words": 4}}]})"),
                               {input}, "out.jsonl", 1);
  const auto& quality = report.account.steps[1];
  EXPECT_EQ(report.account.steps[0].records_in, 1);
  EXPECT_EQ(quality.records_in, 1);        // nine sentences were given
  EXPECT_EQ(quality.rules[0].dropped, 1);  // of four given words three are no mark
}

TEST_F(PipelineTest, TheBestOrderPutsCheapAndSelectiveStepsFirstAndKeepsTheResult) {
  const auto input = write("in.jsonl", corpus(900));
  Pipeline chain = pipeline(
      R"({"steps": [{"gopher_repetition": {"top_n_grams": [], "dup_n_grams": [0.8]}},
                    {"gopher_quality": {"min_doc_words": 90}},
                    {"c4": {"filter_no_terminal_punct": false, "min_num_sentences": 3}},
                    {"fineweb": {"char_duplicates_ratio": 0.5}}]})");
  // A clock that counts its readings says nothing of cost; drops decide, and they are certain.
  double reading = 0;
  RunOptions options;
  options.inputs = {input};
  const auto found = explain(chain, options, {.cpu_s = [&] { return reading += 1e-6; }});
  ASSERT_TRUE(found) << base::describe(found.error());
  EXPECT_EQ(found->records, 900);
  EXPECT_LE(found->us_per_record_reordered, found->us_per_record);
  EXPECT_EQ(found->order[2], 2U);  // c4 changes records: nothing passes it
  const RunReport as_written = run(chain, {input}, "written.jsonl", 2);
  EXPECT_EQ(found->steps[0].dropped,
            as_written.account.records_in - as_written.account.steps[1].records_in);
  reorder(chain, {1, 0, 2, 3});
  run(chain, {input}, "reordered.jsonl", 2);
  EXPECT_EQ(read(folder_ / "written.jsonl"), read(folder_ / "reordered.jsonl"));
  EXPECT_GT(as_written.account.records_out, 10);
}

}  // namespace
}  // namespace fulcrum::data

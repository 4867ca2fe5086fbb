#include "data/dedup/dedup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <unordered_map>

#include "base/files.h"
#include "base/json.h"
#include "base/random.h"
#include "data/dedup/suffixes.h"

namespace fulcrum::data::dedup {
namespace {

namespace fs = std::filesystem;
namespace json = base::json;

class DedupTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) /
        ("dedup-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }
  fs::path write(const std::string& name, const std::vector<std::string>& texts, int first = 0) {
    std::string lines;
    for (const std::string& text : texts)
      lines +=
          base::to_text(json::object{{"id", "d" + std::to_string(first++)}, {"text", text}}) + "\n";
    return write(name, lines);
  }
  std::string read(const std::string& name) { return *base::read_file(folder_ / name); }
  Options options(const fs::path& in, const std::string& out = "out.jsonl") {
    Options options;
    options.inputs = {in};
    options.output = folder_ / out;
    options.clusters = folder_ / ("c-" + out);
    return options;
  }
  Report run(const Options& options) {
    auto report = dedup(options);
    EXPECT_TRUE(report) << base::describe(report.error());
    return report ? std::move(*report) : Report{};
  }
  /// Only what the tests put there: nothing temporary is left.
  std::set<std::string> names() {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_))
      found.insert(entry.path().filename().string());
    return found;
  }

  /// Random words; a fifth are copies of an earlier text with some words changed.
  static std::vector<std::string> corpus(std::size_t documents, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<std::vector<std::string>> texts;
    for (std::size_t i = 0; i < documents; ++i) {
      std::vector<std::string> words;
      if (i > 0 && random.below(5) == 0) {
        words = texts[random.below(texts.size())];
        const auto rate = random.below(6);
        for (std::string& word : words)
          if (random.below(100) < rate) word = "x" + std::to_string(random.below(100000));
      } else {
        const auto size = 20 + random.below(150);
        for (std::uint64_t k = 0; k < size; ++k)
          words.push_back("w" + std::to_string(random.below(5000)));
      }
      texts.push_back(std::move(words));
    }
    std::vector<std::string> joined;
    for (const auto& words : texts) {
      std::string text;
      for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
      joined.push_back(std::move(text));
    }
    return joined;
  }

  fs::path folder_;
};

TEST_F(DedupTest, NearDuplicatesKeepTheFirst) {
  const auto texts = corpus(400, 3);
  const auto in = write("in.jsonl", texts);
  const Report report = run(options(in));
  EXPECT_EQ(report.documents_in, 400);
  EXPECT_EQ(report.documents_out + report.duplicates, 400);
  EXPECT_GT(report.duplicates, 40);
  std::vector<std::string_view> views(texts.begin(), texts.end());
  EXPECT_EQ(report.cluster, cluster_texts(views, {})) << "files as memory";
  std::string expected, clusters;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const bool kept = report.cluster[i] == i;
    const std::string id = "d" + std::to_string(i);
    if (kept) expected += base::to_text(json::object{{"id", id}, {"text", texts[i]}}) + "\n";
    clusters += "{\"id\":\"" + id + "\",\"cluster\":" + std::to_string(report.cluster[i]) +
                ",\"kept\":" + (kept ? "true" : "false") + "}\n";
  }
  EXPECT_EQ(read("out.jsonl"), expected);
  EXPECT_EQ(read("c-out.jsonl"), clusters);
  EXPECT_EQ(names(), (std::set<std::string>{"in.jsonl", "out.jsonl", "c-out.jsonl"}));
}

TEST_F(DedupTest, ThreadsAndMemoryDoNotMatter) {
  const auto in = write("in.jsonl", corpus(30000, 5));
  for (const Method method : {Method::kMinhash, Method::kExact, Method::kLines}) {
    Options one = options(in, "one.jsonl"), many = options(in, "many.jsonl");
    one.settings.method = many.settings.method = method;
    many.threads = 4;
    many.memory_mb = 8;
    const Report first = run(one), second = run(many);
    EXPECT_EQ(first.spilled_bytes, 0);
    if (method == Method::kMinhash) {
      EXPECT_GT(second.spilled_bytes, 4 << 20);
    }
    EXPECT_EQ(first.cluster, second.cluster);
    EXPECT_TRUE(read("one.jsonl") == read("many.jsonl"));
    EXPECT_TRUE(read("c-one.jsonl") == read("c-many.jsonl"));
    EXPECT_LT(first.documents_out, method == Method::kLines ? 30001 : 30000);
  }
}

TEST_F(DedupTest, TheLongestStays) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "word" + std::to_string(i) + " ";
  Options o = options(write("in.jsonl", {text, "something else", text + "more", text + "mo"}));
  o.settings.keep = Keep::kLongest;
  const Report report = run(o);
  EXPECT_EQ(report.kept, (std::vector<bool>{false, true, true, false}));
  EXPECT_EQ(report.cluster, (std::vector<Document>{0, 1, 0, 0}));
  EXPECT_EQ(report.clusters, 1);
}

TEST_F(DedupTest, ExactIsAboutTheNormalisedText) {
  Options o =
      options(write("in.jsonl", {"Caf\u00E9  au lait", "Cafe\u0301 au lait ", "cafe", "CAFE"}));
  o.settings.method = Method::kExact;
  EXPECT_EQ(run(o).kept, (std::vector<bool>{true, false, true, true}));
  o.settings.normalisation.folds_case = true;
  EXPECT_EQ(run(o).kept, (std::vector<bool>{true, false, true, false}));
}

TEST_F(DedupTest, RecordsWithoutTextOrSenseAreCounted) {
  const auto in =
      write("in.jsonl", std::string("{\"id\":1}\n{\"id\":2}\n{\"id\":3,\n{\"text\":\"a\"}\n"
                                    "{\"id\":[4],\"text\":\"a\"}\n"));
  const Report report = run(options(in));
  EXPECT_EQ(report.documents_in, 4);
  EXPECT_EQ(report.without_text, 2);
  EXPECT_EQ(report.bad_records, 1);
  ASSERT_EQ(report.bad_samples.size(), 1U);
  EXPECT_TRUE(report.bad_samples[0].starts_with("in.jsonl:3: "));
  EXPECT_EQ(read("c-out.jsonl"),
            "{\"id\":1,\"cluster\":0,\"kept\":true}\n{\"id\":2,\"cluster\":1,\"kept\":true}\n"
            "{\"id\":\"in.jsonl:4\",\"cluster\":2,\"kept\":true}\n"
            "{\"id\":[4],\"cluster\":2,\"kept\":false}\n");
  Options stops = options(in);
  stops.stops_at_bad_record = true;
  const auto stopped = dedup(stops);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().field, "in.jsonl:3");
}

TEST_F(DedupTest, TablesKeepTheirColumns) {
  const auto in = write("in.csv", std::string("id,text,n\n1,a b,7\n2,a  b,8\n3,c,9\n"));
  Options o = options(in, "out.csv");
  o.settings.method = Method::kExact;
  EXPECT_EQ(run(o).kept, (std::vector<bool>{true, false, true}));
  EXPECT_EQ(read("out.csv"), "id,text,n\n1,a b,7\n3,c,9\n");
}

TEST_F(DedupTest, LinesOfOtherDocumentsGo) {
  Options o = options(write("in.jsonl", {"A first line of text\nAll rights reserved 2024\nshort",
                                         "Second text, own line\nAll rights reserved 2024\nshort",
                                         "All rights reserved 2024",
                                         "own line twice in it\n"
                                         "own line twice in it"}));
  o.settings.method = Method::kLines;
  const Report report = run(o);
  EXPECT_EQ(report.kept, (std::vector<bool>{true, true, false, true}));
  EXPECT_EQ(report.changed, 1);
  EXPECT_EQ(read("out.jsonl"),
            "{\"id\":\"d0\",\"text\":\"A first line of text\\nAll rights reserved 2024\\nshort\"}\n"
            "{\"id\":\"d1\",\"text\":\"Second text, own line\\nshort\"}\n"
            "{\"id\":\"d3\",\"text\":\"own line twice in it\\nown line twice in it\"}\n");
  o.settings.lines.max_documents = 3;
  EXPECT_EQ(run(o).changed, 0);
}

TEST(RepeatedWindows, AreThoseOfAPlainSearch) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    base::Random random(seed);
    std::string text;
    const auto size = random.below(300);
    for (std::uint64_t i = 0; i < size; ++i)
      text += random.below(30) == 0 ? kSeparator : static_cast<char>('a' + random.below(2));
    const std::size_t window = 1 + random.below(8);
    std::vector<bool> expected(text.size());
    std::set<std::string> seen;
    for (std::size_t i = 0; i + window <= text.size(); ++i) {
      const std::string here = text.substr(i, window);
      if (here.find(kSeparator) == std::string::npos) expected[i] = !seen.insert(here).second;
    }
    EXPECT_EQ(repeated_windows(text, window), expected) << "seed " << seed;
  }
}

TEST_F(DedupTest, PassagesThatStoodBeforeGo) {
  std::string passage;
  for (int i = 0; i < 30; ++i) passage += "\u5B57" + std::to_string(i * 7919 % 1000) + " ";
  const std::vector<std::string> texts{"Start. " + passage + "End.",
                                       "Other start: " + passage + "Z", passage, "Nothing of it"};
  Options o = options(write("in.jsonl", texts));
  o.settings.method = Method::kSubstring;
  const Report report = run(o);
  EXPECT_EQ(report.kept, (std::vector<bool>{true, true, false, true}));
  EXPECT_NE(read("out.jsonl").find("\"text\":\"Other start:Z\""), std::string::npos)
      << read("out.jsonl");
  EXPECT_EQ(report.removed_bytes, static_cast<std::int64_t>(2 * passage.size() + 1));
}

TEST_F(DedupTest, SubstringsOfManyBlocksAreThoseOfOne) {
  auto texts = corpus(6000, 9);
  const auto in = write("in.jsonl", texts);
  Options one = options(in, "one.jsonl"), many = options(in, "many.jsonl");
  one.settings.method = many.settings.method = Method::kSubstring;
  many.memory_mb = 8;
  many.threads = 3;
  const Report first = run(one), second = run(many);
  EXPECT_GT(first.removed_bytes, 100000);
  EXPECT_EQ(first.removed_bytes, second.removed_bytes);
  EXPECT_TRUE(read("one.jsonl") == read("many.jsonl"));
}

TEST_F(DedupTest, RefusesWithCodes) {
  const auto in = write("in.jsonl", std::vector<std::string>{"a"});
  const auto code_of = [](const Options& o) {
    const auto report = dedup(o);
    return report ? std::string() : report.error().code;
  };
  Options o = options(in);
  o.memory_mb = 1;
  EXPECT_EQ(code_of(o), "dedup.setting");
  o = options(in);
  o.settings.minhash.bands = 0;
  EXPECT_EQ(code_of(o), "dedup.setting");
  o = options(in);
  o.settings.method = Method::kLines;
  o.index = folder_ / "index";
  EXPECT_EQ(code_of(o), "dedup.setting");
  o = options(in);
  std::atomic<bool> stop = true;
  o.stop = &stop;
  EXPECT_EQ(code_of(o), "dedup.stopped");
  EXPECT_EQ(code_of(options(folder_ / "absent.jsonl")), "file.read");
  o = options(write("long.jsonl", std::vector<std::string>{std::string(3 << 20, 'x')}));
  o.settings.method = Method::kSubstring;
  o.memory_mb = 8;
  EXPECT_EQ(code_of(o), "dedup.memory");
}

}  // namespace
}  // namespace fulcrum::data::dedup

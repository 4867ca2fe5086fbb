#include "data/dedup/index.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/files.h"
#include "base/json.h"
#include "base/random.h"
#include "data/dedup/dedup.h"

namespace fulcrum::data::dedup {
namespace {

namespace fs = std::filesystem;
namespace json = base::json;

class IndexTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::path(testing::TempDir()) /
        ("index-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// Texts of few words, so that chains and bridges between clusters are frequent.
  std::vector<std::string> texts(std::size_t count, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<std::vector<std::string>> all;
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<std::string> words;
      if (i > 0 && random.below(2) == 0) {
        words = all[random.below(all.size())];
        for (std::uint64_t edits = random.below(8); edits > 0; --edits)
          words[random.below(words.size())] = "e" + std::to_string(random.below(1000));
      } else {
        for (int k = 0; k < 80; ++k) words.push_back("w" + std::to_string(random.below(3000)));
      }
      all.push_back(std::move(words));
    }
    std::vector<std::string> joined;
    for (const auto& words : all) {
      joined.emplace_back();
      for (const std::string& word : words) joined.back() += word + " ";
    }
    return joined;
  }
  fs::path write(const std::string& name, const std::vector<std::string>& texts, std::size_t begin,
                 std::size_t end) {
    std::ofstream out(folder_ / name, std::ios::binary);
    for (std::size_t i = begin; i < end; ++i)
      out << base::to_text(json::object{{"id", i}, {"text", texts[i]}}) << "\n";
    return folder_ / name;
  }
  Options options(const fs::path& in, Method method, bool with_index) {
    Options options;
    options.settings.method = method;
    options.inputs = {in};
    options.output = folder_ / "out.jsonl";
    options.memory_mb = 8;
    if (with_index) options.index = folder_ / "index";
    return options;
  }
  fs::path folder_;
};

TEST_F(IndexTest, RunsOneAfterAnotherAreOneRun) {
  for (const std::uint64_t seed : {1, 2, 3})
    for (const Method method : {Method::kMinhash, Method::kExact}) {
      fs::remove_all(folder_ / "index");
      const auto all = texts(600, seed);
      const auto whole = dedup(options(write("all.jsonl", all, 0, 600), method, false));
      ASSERT_TRUE(whole);
      std::vector<Document> clusters;
      std::vector<bool> kept;
      for (const auto& [begin, end] :
           std::vector<std::pair<std::size_t, std::size_t>>{{0, 200}, {200, 201}, {201, 600}}) {
        const auto in = write("day.jsonl", all, begin, end);
        const auto day = dedup(options(in, method, true));
        ASSERT_TRUE(day) << base::describe(day.error());
        EXPECT_EQ(day->known_documents, static_cast<std::int64_t>(begin));
        kept.insert(kept.end(), day->kept.begin(), day->kept.end());
      }
      // What the index holds of clusters is what one run over everything finds.
      auto index = Index::open(folder_ / "index", identity_of(options("", method, true).settings));
      ASSERT_TRUE(index);
      auto remembered = index->clusters();
      ASSERT_TRUE(remembered);
      EXPECT_EQ(remembered->flatten(), whole->cluster) << "seed " << seed;
      std::size_t more = 0;
      for (std::size_t i = 0; i < 600; ++i) {
        EXPECT_LE(whole->kept[i], kept[i]) << i;
        more += kept[i] && !whole->kept[i];
      }
      EXPECT_TRUE(method != Method::kExact || more == 0);
    }
}

TEST_F(IndexTest, TheSameInputAgainHasNothingNew) {
  const auto in = write("in.jsonl", texts(50, 4), 0, 50);
  ASSERT_TRUE(dedup(options(in, Method::kMinhash, true)));
  const auto again = dedup(options(in, Method::kMinhash, true));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->documents_out, 0);
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_ / "index"))
    names.insert(entry.path().filename().string());
  EXPECT_EQ(names, (std::set<std::string>{"index.json", "lock", "documents", "shingles", "hashes-2",
                                          "bands-2", "clusters-2"}));
}

TEST_F(IndexTest, AFailedRunLeavesItAsItWas) {
  const auto all = texts(60, 5);
  ASSERT_TRUE(dedup(options(write("a.jsonl", all, 0, 30), Method::kMinhash, true)));
  const auto before = *base::read_file(folder_ / "index/index.json");
  auto fails = options(write("b.jsonl", all, 30, 60), Method::kMinhash, true);
  fails.output = folder_ / "absent" / "out.jsonl";
  fails.spill = folder_;
  EXPECT_FALSE(dedup(fails));
  EXPECT_EQ(*base::read_file(folder_ / "index/index.json"), before);
  // As a killed run would: bytes behind the end and files of no generation.
  std::ofstream(folder_ / "index/shingles", std::ios::app) << "abc";
  std::ofstream(folder_ / "index/bands-2") << "abc";
  const auto day = dedup(options(folder_ / "b.jsonl", Method::kMinhash, true));
  ASSERT_TRUE(day) << base::describe(day.error());
  const auto whole = dedup(options(write("all.jsonl", all, 0, 60), Method::kMinhash, false));
  EXPECT_TRUE(std::equal(day->cluster.begin(), day->cluster.end(), whole->cluster.begin() + 30));
}

TEST_F(IndexTest, RefusesWhatIsNotItsOwn) {
  const auto in = write("in.jsonl", texts(50, 6), 0, 50);
  const auto code_of = [](const Options& o) {
    const auto report = dedup(o);
    return report ? std::string() : report.error().code;
  };
  ASSERT_TRUE(dedup(options(in, Method::kMinhash, true)));
  EXPECT_EQ(code_of(options(in, Method::kExact, true)), "index.settings");
  {
    const auto user = Index::open(folder_ / "index", identity_of({}));
    ASSERT_TRUE(user);
    EXPECT_EQ(code_of(options(in, Method::kMinhash, true)), "index.busy");
  }
  const auto manifest = *base::read_file(folder_ / "index/index.json");
  for (const char* name : {"bands-1", "hashes-1", "clusters-1"}) {
    auto bytes = *base::read_file(folder_ / "index" / name);
    const auto good = bytes;
    bytes[bytes.size() / 2] ^= 1;
    std::ofstream(folder_ / "index" / name, std::ios::binary) << bytes;
    EXPECT_EQ(code_of(options(in, Method::kMinhash, true)), "index.damaged") << name;
    std::ofstream(folder_ / "index" / name, std::ios::binary) << good;
  }
  std::string newer = manifest;
  newer.replace(newer.find("\"version\": 1"), 12, "\"version\": 2");
  std::ofstream(folder_ / "index/index.json") << newer;
  EXPECT_EQ(code_of(options(in, Method::kMinhash, true)), "index.version");
  std::ofstream(folder_ / "index/index.json") << manifest.substr(0, 40);
  EXPECT_EQ(code_of(options(in, Method::kMinhash, true)), "index.damaged");
}

}  // namespace
}  // namespace fulcrum::data::dedup

// What every objects::Blobs promises. A new backend adds one line at the bottom.
#include "objects/blobs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "base/random.h"

namespace fulcrum::objects {
namespace {

namespace fs = std::filesystem;

struct Backend {
  const char* name;
  std::function<std::unique_ptr<Blobs>(const fs::path&)> open;
  bool on_disk;
};

class BlobsContract : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("fulcrum-blobs-" + std::to_string(::getpid()) + "-" + GetParam().name);
    fs::remove_all(folder_);
    blobs_ = GetParam().open(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
  std::unique_ptr<Blobs> blobs_;
};

TEST_P(BlobsContract, ReturnsWhatWasCreatedWholeAndInParts) {
  base::Random random(7);
  for (const std::size_t size : {0U, 1U, 1000U, 3'000'000U}) {
    std::string content(size, '\0');
    for (char& c : content) c = static_cast<char>(random.below(256));
    const std::string name = "packs/p" + std::to_string(size) + ".pack";
    ASSERT_TRUE(blobs_->create(name, content));
    EXPECT_EQ(blobs_->get(name).value(), content);
    EXPECT_EQ(blobs_->get_range(name, size / 3, size / 2).value(),
              content.substr(size / 3, size / 2));
    EXPECT_EQ(blobs_->get_range(name, size, 0).value(), "");
    EXPECT_EQ(blobs_->get_range(name, size, 1).error().code, "blob.range");
    EXPECT_EQ(blobs_->get_range(name, size + 1, 0).error().code, "blob.range");
    EXPECT_EQ(blobs_->get_range(name, 1, UINT64_MAX - 1).error().code, "blob.range");
  }
}

TEST_P(BlobsContract, ANameIsTakenOnce) {
  ASSERT_TRUE(blobs_->create("a/b", "first"));
  EXPECT_EQ(blobs_->create("a/b", "second").error().code, "blob.exists");
  EXPECT_EQ(blobs_->get("a/b").value(), "first");
  ASSERT_TRUE(blobs_->remove("a/b"));
  ASSERT_TRUE(blobs_->remove("a/b"));
  EXPECT_EQ(blobs_->get("a/b").error().code, "blob.missing");
  ASSERT_TRUE(blobs_->create("a/b", "second"));
  EXPECT_EQ(blobs_->get("a/b").value(), "second");
}

TEST_P(BlobsContract, OfManyCreatorsOneSucceeds) {
  for (int round = 0; round < 20; ++round) {
    const std::string name = "refs/" + std::to_string(round);
    std::atomic<int> won = 0, lost = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        const auto made = blobs_->create(name, std::to_string(t));
        won += made.has_value();
        lost += !made && made.error().code == "blob.exists";
      });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 3);
    EXPECT_TRUE(blobs_->get(name));
  }
}

TEST_P(BlobsContract, ListsByPrefixInOrder) {
  for (const char* name : {"refs/b/2", "refs/a/10", "refs/a/09", "packs/x", "refs/ab"})
    ASSERT_TRUE(blobs_->create(name, "12345"));
  EXPECT_EQ(
      blobs_->list("refs/").value(),
      (std::vector<BlobInfo>{{"refs/a/09", 5}, {"refs/a/10", 5}, {"refs/ab", 5}, {"refs/b/2", 5}}));
  EXPECT_EQ(blobs_->list("refs/a/1").value(), (std::vector<BlobInfo>{{"refs/a/10", 5}}));
  EXPECT_EQ(blobs_->list("nothing/here").value(), std::vector<BlobInfo>{});
  EXPECT_EQ(blobs_->list("").value().size(), 5U);
}

TEST_P(BlobsContract, RefusesNamesThatLeadElsewhere) {
  for (const char* name :
       {"", "/", "a/", "/a", "a//b", "../a", "a/../b", ".a", "a/.b", "a b", "a\n"}) {
    EXPECT_EQ(blobs_->create(name, "x").error().code, "blob.name") << name;
    EXPECT_EQ(blobs_->get(name).error().code, "blob.missing") << name;
  }
  for (const char* text : {"", "plain", "a/b", "..", "中文", "a=b c"})
    EXPECT_EQ(text_of_blob_part(blob_part(text)).value(), text);
  EXPECT_TRUE(is_blob_name("x/" + blob_part("..") + "/" + blob_part("")));
  for (const char* part : {"a=", "a=g0", "a.b", "=1"})
    EXPECT_FALSE(text_of_blob_part(part)) << part;
}

TEST_P(BlobsContract, SurvivesReopening) {
  if (!GetParam().on_disk) GTEST_SKIP() << "not on disk";
  ASSERT_TRUE(blobs_->create("a/b/c", "kept"));
  blobs_ = GetParam().open(folder_);
  EXPECT_EQ(blobs_->get("a/b/c").value(), "kept");
}

INSTANTIATE_TEST_SUITE_P(
    Backends, BlobsContract,
    testing::Values(Backend{"memory", [](const fs::path&) { return open_memory_blobs(); }, false},
                    Backend{"local",
                            [](const fs::path& root) { return open_local_blobs(root).value(); },
                            true}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace fulcrum::objects

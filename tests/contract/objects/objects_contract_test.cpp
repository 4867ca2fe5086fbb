// What every objects::Store promises. A new backend adds one line at the bottom.
#include "objects/store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <thread>

#include "base/files.h"
#include "base/hash.h"
#include "base/random.h"

namespace fulcrum::objects {
namespace {

namespace fs = std::filesystem;

struct Backend {
  const char* name;
  std::function<std::unique_ptr<Store>(const fs::path&)> open;
  bool on_disk;
};

class ObjectsContract : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("fulcrum-objects-" + std::to_string(::getpid()) + "-" + GetParam().name);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    store_ = GetParam().open(folder_ / "store");
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
  std::unique_ptr<Store> store_;
};

TEST_P(ObjectsContract, ReturnsTheBytesThatWerePut) {
  base::Random random(7);
  for (const std::size_t size : {0U, 1U, 1000U, 3'000'000U}) {
    std::string content(size, '\0');
    for (char& c : content) c = static_cast<char>(random.below(256));
    const auto id = store_->put(content);
    ASSERT_TRUE(id);
    EXPECT_EQ(*id, base::sha256_hex(content));
    EXPECT_TRUE(store_->contains(*id));
    EXPECT_EQ(store_->get(*id).value(), content);
  }
}

TEST_P(ObjectsContract, SameBytesAreOneObject) {
  const auto first = store_->put("same").value();
  EXPECT_EQ(store_->put("same").value(), first);
  EXPECT_EQ(store_->list().value(), std::vector<ObjectId>{first});
}

TEST_P(ObjectsContract, TakesFilesInAndOut) {
  const std::string content(2'500'000, 'x');
  ASSERT_TRUE(base::write_file(folder_ / "in", content));
  const auto id = store_->put_file(folder_ / "in");
  ASSERT_TRUE(id);
  EXPECT_EQ(*id, base::sha256_hex(content));
  ASSERT_TRUE(store_->get_file(*id, folder_ / "out"));
  EXPECT_EQ(base::read_file(folder_ / "out").value(), content);
  EXPECT_EQ(store_->put_file(folder_ / "absent").error().code, "file.read");
}

TEST_P(ObjectsContract, NamesWhatIsMissing) {
  const std::string absent(64, 'a');
  EXPECT_FALSE(store_->contains(absent));
  EXPECT_FALSE(store_->contains("../../etc/passwd"));
  EXPECT_EQ(store_->get(absent).error().code, "object.missing");
  EXPECT_EQ(store_->get("../x").error().code, "object.missing");
  EXPECT_EQ(store_->get_file(absent, folder_ / "out").error().code, "object.missing");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_P(ObjectsContract, ListsInOrder) {
  std::vector<ObjectId> expected;
  for (int i = 0; i < 50; ++i) expected.push_back(store_->put(std::to_string(i)).value());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(store_->list().value(), expected);
}

TEST_P(ObjectsContract, ManyThreadsPutTheSame) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) (void)store_->put("content " + std::to_string(i)).has_value();
    });
  for (auto& thread : threads) thread.join();
  const auto ids = store_->list().value();
  EXPECT_EQ(ids.size(), 50U);
  for (const auto& id : ids) EXPECT_TRUE(store_->get(id));
}

TEST_P(ObjectsContract, ManyThreadsTakeOutToTheSamePlace) {
  const std::string content(3 << 20, 'x');
  const auto id = store_->put(content);
  ASSERT_TRUE(id);
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { failed += !store_->get_file(*id, folder_ / "out"); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(base::read_file(folder_ / "out").value_or("").size(), content.size());
  for (const auto& left : std::filesystem::directory_iterator(folder_))
    EXPECT_FALSE(left.path().string().ends_with(".part")) << left.path();
}

TEST_P(ObjectsContract, FindsDamageAndSurvivesReopening) {
  if (!GetParam().on_disk) GTEST_SKIP() << "not on disk";
  const auto id = store_->put("precious").value();
  store_.reset();
  store_ = GetParam().open(folder_ / "store");
  EXPECT_EQ(store_->get(id).value(), "precious");
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "store"))
    if (entry.is_regular_file()) std::ofstream(entry.path()) << "Precious";
  EXPECT_EQ(store_->get(id).error().code, "object.damaged");
  EXPECT_EQ(store_->get_file(id, folder_ / "out").error().code, "object.damaged");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

INSTANTIATE_TEST_SUITE_P(
    Backends, ObjectsContract,
    testing::Values(Backend{"memory", [](const fs::path&) { return open_memory_store(); }, false},
                    Backend{"local",
                            [](const fs::path& root) { return open_local_store(root).value(); },
                            true}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace fulcrum::objects

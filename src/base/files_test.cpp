// Whole files: old or new content, never a part, and never somebody else's folder changed.
#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <thread>

namespace fulcrum::base {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() {
    std::string pattern = (fs::temp_directory_path() / "fulcrum-files-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Files() override { fs::remove_all(folder_); }
  static unsigned mode(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
  }
  fs::path folder_;
};

TEST_F(Files, WhatWasWrittenIsReadBack) {
  const std::string content("a\0b\r\n", 5);
  ASSERT_TRUE(write_file(folder_ / "f", content));
  EXPECT_EQ(*read_file(folder_ / "f"), content);
  ASSERT_TRUE(write_file(folder_ / "f", ""));
  EXPECT_EQ(*read_file(folder_ / "f"), "");
}

TEST_F(Files, ASecretIsItsOwnersAlone) {
  ASSERT_TRUE(write_file(folder_ / "f", "x", 0600));
  EXPECT_EQ(mode(folder_ / "f"), 0600u);
}

TEST_F(Files, AMissingFileAndAFolderAreNoContent) {
  const auto missing = read_file(folder_ / "none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "file.read");
  EXPECT_NE(missing.error().message.find("No such file"), std::string::npos);
  const auto folder = read_file(folder_);
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().message.find("directory"), std::string::npos);
}

TEST_F(Files, AFailedWriteLeavesTheOldAndNothingElse) {
  ASSERT_TRUE(make_folder(folder_ / "f"));
  ASSERT_TRUE(write_file(folder_ / "f/inside", "x"));
  const auto status = write_file(folder_ / "f", "new");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, "file.write");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(Files, AReaderNeverSeesAPartWhileTwoWrite) {
  const std::string a(100'000, 'a'), b(100'000, 'b');
  ASSERT_TRUE(write_file(folder_ / "f", a));
  std::atomic<bool> done = false;
  std::thread first([&] {
    for (int i = 0; i < 30; ++i) EXPECT_TRUE(write_file(folder_ / "f", a));
  });
  std::thread second([&] {
    for (int i = 0; i < 30; ++i) EXPECT_TRUE(write_file(folder_ / "f", b));
    done = true;
  });
  while (!done) {
    const auto content = read_file(folder_ / "f");
    EXPECT_TRUE(content && (*content == a || *content == b));
  }
  first.join();
  second.join();
}

TEST_F(Files, APrivateFolderIsClosedUnlessItHeldSomethingBefore) {
  ASSERT_TRUE(make_folder(folder_ / "new/deep", true));
  EXPECT_EQ(mode(folder_ / "new/deep"), 0700u);
  ASSERT_EQ(::chmod((folder_ / "new").c_str(), 0755), 0);
  ASSERT_TRUE(make_folder(folder_ / "new", true));
  EXPECT_EQ(mode(folder_ / "new"), 0755u);
  ASSERT_TRUE(write_file(folder_ / "file", "x"));
  EXPECT_FALSE(make_folder(folder_ / "file/below"));
  EXPECT_FALSE(make_folder(folder_ / "file", true));
}

}  // namespace
}  // namespace fulcrum::base

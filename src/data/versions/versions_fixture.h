#pragma once
// A repository and folders of random files, for this folder's tests.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "base/files.h"
#include "base/random.h"
#include "data/versions/checkout.h"
#include "data/versions/commit.h"

namespace fulcrum::data::versions {

namespace fs = std::filesystem;

class VersionsFixture : public testing::Test {
 protected:
  void SetUp() override {
    static int count = 0;
    folder_ =
        fs::temp_directory_path() / fmt::format("fulcrum-versions-{}-{}", ::getpid(), count++);
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "data");
    open();
  }
  void TearDown() override { fs::remove_all(folder_); }

  void open() {
    auto blobs = objects::open_local_blobs(folder_ / "store");
    ASSERT_TRUE(blobs) << base::describe(blobs.error());
    auto opened = Repository::open(
        std::move(*blobs), {.cache = folder_ / "cache", .threads = 2, .pack_bytes = pack_bytes_});
    ASSERT_TRUE(opened) << base::describe(opened.error());
    repository_ = std::move(*opened);
  }
  void put(const std::string& name, std::string_view content) {
    fs::create_directories((folder_ / "data" / name).parent_path());
    std::ofstream(folder_ / "data" / name, std::ios::binary) << content;
  }
  base::Result<CommitResult> try_commit(const std::string& branch = "main",
                                        std::vector<std::string> key = {}) {
    CommitRequest request{.dataset = "d",
                          .branch = branch,
                          .author = "me",
                          .message = "m",
                          .time_us = ++now_us_,
                          .source = folder_ / "data",
                          .key = std::move(key)};
    TRY(request.files, list_inputs(folder_ / "data"));
    return commit(*repository_, request);
  }
  CommitResult must_commit(const std::string& branch = "main", std::vector<std::string> key = {}) {
    auto done = try_commit(branch, std::move(key));
    EXPECT_TRUE(done) << base::describe(done.error());
    return done ? *done : CommitResult{};
  }
  /// Everything below a folder: name -> kind, mode and content.
  static std::map<std::string, std::string> snapshot(const fs::path& root) {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const std::string name = entry.path().lexically_relative(root).string();
      if (entry.is_symlink())
        all[name] = "link " + fs::read_symlink(entry.path()).string();
      else if (entry.is_directory())
        all[name] = "folder";
      else
        all[name] = fmt::format(
            "file {} {}", (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none,
            base::read_file(entry.path()).value());
    }
    return all;
  }
  std::map<std::string, std::string> checked_out(const std::string& version) {
    const fs::path target = folder_ / "out";
    fs::remove_all(target);
    const auto record = repository_->version(version);
    EXPECT_TRUE(record) << base::describe(record.error());
    if (!record) return {};
    const auto done = checkout(*repository_, {version, *record}, {.folder = target});
    EXPECT_TRUE(done) << base::describe(done.error());
    return done ? snapshot(target) : std::map<std::string, std::string>{};
  }
  std::uint64_t stored_bytes() {
    std::uint64_t bytes = 0;
    const auto packs = repository_->blobs().list("packs/").value();
    for (const auto& pack : packs) bytes += pack.bytes;
    return bytes;
  }

  fs::path folder_;
  std::size_t pack_bytes_ = kPackBytes;
  std::unique_ptr<Repository> repository_;
  std::int64_t now_us_ = 1'700'000'000'000'000;
};

/// Random content of one of several natures.
inline std::string random_content(base::Random& random, std::size_t bytes) {
  std::string content;
  content.reserve(bytes + 64);
  const auto nature = random.below(3);
  while (content.size() < bytes)
    if (nature == 0)
      content += static_cast<char>(random.below(256));
    else if (nature == 1)
      content += fmt::format("{},{},\"a \"\"{}\"\"\nb\"\n", content.size(), random.below(1000),
                             random.below(1'000'000));
    else
      content += fmt::format("{{\"id\":{},\"text\":\"{}\"}}\n", content.size(), random.next());
  return content;
}

}  // namespace fulcrum::data::versions

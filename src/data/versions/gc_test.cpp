#include "data/versions/gc.h"

#include <set>

#include "data/versions/versions_fixture.h"

namespace fulcrum::data::versions {
namespace {

class Gc : public VersionsFixture {
 protected:
  Gc() { pack_bytes_ = 200'000; }
  GcResult collect(std::set<std::string> roots, std::int64_t grace_us = 0) {
    open();
    auto done = collect_garbage(*repository_, {std::move(roots), now_us_, grace_us, false});
    EXPECT_TRUE(done) << base::describe(done.error());
    open();
    return done ? *done : GcResult{};
  }
  void drop(const std::string& name, RefKind kind = RefKind::kBranch) {
    const auto before = repository_->refs().get("d", kind, name).value();
    ASSERT_TRUE(repository_->refs().move(before, "", ++now_us_, "me"));
  }
};

TEST_F(Gc, RandomHistoriesKeepWhatIsReferredToAndLoseTheRest) {
  const unsigned seed = std::random_device()();
  fmt::print("seed {}\n", seed);
  base::Random random(seed);
  for (int round = 0; round < 5; ++round) {
    fs::remove_all(folder_ / "store");
    fs::remove_all(folder_ / "data");
    fs::create_directories(folder_ / "data");
    open();
    std::map<std::string, std::map<std::string, std::string>> content;
    std::map<std::string, std::vector<std::string>> parents;
    std::map<std::string, std::string> heads;
    std::set<std::string> roots;
    for (int step = 0; step < 14; ++step) {
      const std::string branch = fmt::format("b{}", random.below(4));
      put(fmt::format("f{}.{}", random.below(6), random.below(2) ? "csv" : "bin"),
          random_content(random, random.below(150'000)));
      const auto done = must_commit(branch);
      content[done.version] = snapshot(folder_ / "data");
      parents[done.version] = done.record.parents;
      heads[branch] = done.version;
      if (random.below(3) == 0) roots.insert(done.version);  // a run refers to it
      if (random.below(4) == 0) {
        drop(branch);
        heads.erase(branch);
      }
      if (random.below(4) == 0) collect(roots, random.below(2) ? 0 : 1'000'000'000);
    }
    std::set<std::string> live;
    std::vector<std::string> waiting(roots.begin(), roots.end());
    for (const auto& [branch, version] : heads) waiting.push_back(version);
    while (!waiting.empty()) {
      const auto version = waiting.back();
      waiting.pop_back();
      if (!live.insert(version).second) continue;
      for (const auto& parent : parents[version]) waiting.push_back(parent);
    }
    const auto result = collect(roots);
    EXPECT_EQ(result.versions, live.size());
    for (const auto& version : live) EXPECT_EQ(checked_out(version), content[version]);
    const auto checked =
        verify(*repository_, std::vector<std::string>(live.begin(), live.end()), true, {});
    EXPECT_TRUE(checked->problems.empty());
    EXPECT_LE(stored_bytes(), 2 * result.live_bytes + 100'000 * (result.packs + 1))
        << "at most half of a pack is dead";
    roots.clear();
    for (const auto& [branch, version] : heads) drop(branch);
    collect({});
    EXPECT_EQ(stored_bytes(), 0U);
  }
}

TEST_F(Gc, AWriterInFlightLosesNothing) {
  put("a.bin", random_content(*std::make_unique<base::Random>(1), 400'000));
  must_commit("gone");
  drop("gone");
  base::ManualClock clock(now_us_);
  auto writer = Repository::open(std::move(*objects::open_local_blobs(folder_ / "store")),
                                 {.threads = 1, .clock = &clock})
                    .value();
  const std::int64_t grace_us = 3'600'000'000;
  EXPECT_GT(collect({}, grace_us).condemned_packs, 0U);
  // It opened before, so it counts on the chunks that are there; it ends in time.
  CommitRequest request{.dataset = "d", .author = "w", .time_us = now_us_};
  request.files = list_inputs(folder_ / "data").value();
  const auto done = commit(*writer, request);
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(writer->chunks().figures().packs, 1U) << "the pages and the record";
  now_us_ += grace_us;
  EXPECT_EQ(collect({}, grace_us).removed_packs, 0U);
  EXPECT_EQ(checked_out(done->version), snapshot(folder_ / "data"));
  now_us_ += 2 * grace_us;
  collect({}, grace_us);
  EXPECT_EQ(checked_out(done->version), snapshot(folder_ / "data"));
}

TEST_F(Gc, AWriterThatTookTooLongIsRefused) {
  put("a.bin", random_content(*std::make_unique<base::Random>(1), 400'000));
  must_commit("gone");
  drop("gone");
  base::ManualClock clock(now_us_);
  auto writer = Repository::open(std::move(*objects::open_local_blobs(folder_ / "store")),
                                 {.threads = 1, .clock = &clock})
                    .value();
  collect({}, 1'000'000);
  clock.advance_us(600'000);
  CommitRequest request{.dataset = "d", .author = "w", .time_us = now_us_};
  request.files = list_inputs(folder_ / "data").value();
  EXPECT_EQ(commit(*writer, request).error().code, "version.too_slow");
}

TEST_F(Gc, WhoOpensLaterDoesNotCountOnWhatGoes) {
  put("a.bin", random_content(*std::make_unique<base::Random>(1), 400'000));
  must_commit("gone");
  drop("gone");
  collect({}, 1'000'000);
  const auto done = must_commit("main");
  EXPECT_GT(repository_->chunks().figures().new_chunks, 3U);
  now_us_ += 2'000'000;
  EXPECT_GT(collect({}, 1'000'000).removed_packs, 0U);
  EXPECT_EQ(checked_out(done.version), snapshot(folder_ / "data"));
}

TEST_F(Gc, ManySmallPacksBecomeOne) {
  pack_bytes_ = kPackBytes;
  open();
  std::string last;
  for (int i = 0; i < 20; ++i) {
    put(fmt::format("f{}", i), std::string(100, static_cast<char>('a' + i)));
    last = must_commit().version;
  }
  EXPECT_EQ(repository_->blobs().list("packs/")->size(), 20U);
  collect({});
  EXPECT_EQ(repository_->blobs().list("packs/")->size(), 1U);
  EXPECT_EQ(checked_out(last), snapshot(folder_ / "data"));
  EXPECT_EQ(repository_->history(last)->size(), 20U);
}

TEST_F(Gc, ARootThatIsNotThereIsSaid) {
  put("a", "1");
  must_commit();
  const std::string absent(64, 'a');
  EXPECT_EQ(collect({absent}).missing_roots, std::vector<std::string>{absent});
}

TEST_F(Gc, VerifyNamesWhatIsDamaged) {
  put("good.bin", random_content(*std::make_unique<base::Random>(1), 150'000));
  put("zz/bad.bin", random_content(*std::make_unique<base::Random>(2), 150'000));
  const auto done = must_commit();
  const auto entry =
      find_entry(repository_->chunks(), done.record.tree, "zz/bad.bin").value().value();
  const auto chunk = repository_->chunks().find(entry.content.refs[0].id).value();
  for (const auto& pack : repository_->chunks().packs())
    if (std::find(pack.chunks.begin(), pack.chunks.end(), chunk.id) != pack.chunks.end()) {
      std::fstream file(folder_ / "store" / pack.name,
                        std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(chunk.offset + 100));
      file.write("damage", 6);
    }
  const auto result = verify(*repository_, {done.version}, true, {}).value();
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].where, done.version + " zz/bad.bin");
  EXPECT_EQ(result.problems[0].code, "version.damaged");
}

}  // namespace
}  // namespace fulcrum::data::versions

// Every write and sync of a commit fails once: a failed group changes nothing and says why, and
// the same group is accepted once the disk works again.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <sstream>

#include "control/engine/engine.h"
#include "faults/failing_vfs.h"
#include "ledger/export.h"
#include "ledger/verify.h"
#include "team/pillar.h"

namespace fulcrum::test {
namespace {

namespace json = base::json;

class FailingDiskTest : public testing::TestWithParam<Fault> {
 protected:
  FailingDiskTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "fulcrum-faults-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) std::abort();
    folder_ = pattern;
  }
  ~FailingDiskTest() override {
    disk_.heal();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::unique_ptr<ledger::Store> open_store() {
    auto store = ledger::open_sqlite_store(FailingDisk::uri((folder_ / "ledger.db").string()),
                                           {team::make_pillar()->tables(), {}});
    EXPECT_TRUE(store) << base::describe(store.error());
    return std::move(*store);
  }
  std::unique_ptr<control::Engine> open_engine() {
    std::vector<std::unique_ptr<ledger::Pillar>> pillars;
    pillars.push_back(team::make_pillar());
    control::EngineOptions options;
    options.snapshot_every_events = 20;
    auto engine = control::open_engine(std::move(pillars), open_store(), nullptr, options);
    EXPECT_TRUE(engine) << base::describe(engine.error());
    return std::move(*engine);
  }
  static base::Result<control::CommandReply> add_note(control::Engine& engine, int number,
                                                      std::size_t bytes = 20) {
    return engine.submit({"note.add",
                          json::object{{"subject", fmt::format("s{}", number % 3)},
                                       {"text", std::string(bytes, 'x') + std::to_string(number)}},
                          "member/m", ledger::Role::kMember, fmt::format("key-{}", number)});
  }
  /// Everything that can be read, as text.
  static std::string text_of(const control::Engine& engine) {
    std::ostringstream out;
    EXPECT_TRUE(ledger::export_to(engine.store(), out));
    EXPECT_TRUE(ledger::dump_tables(engine.store().tables(), team::make_pillar()->tables(), out));
    engine.with_pillar("team",
                       [&](const ledger::Pillar& team) { out << base::to_text(team.save()); });
    return out.str();
  }
  static void expect_whole(const control::Engine& engine, std::uint64_t notes) {
    const auto report = ledger::verify(engine.store());
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->ok) << report->reason;
    EXPECT_EQ(report->events, notes);
    EXPECT_EQ(*engine.store().tables().count({.table = "team_notes"}), notes);
    engine.with_pillar(
        "team", [&](const ledger::Pillar& team) { EXPECT_EQ(team::state_of(team).notes, notes); });
  }
  std::string expected_code() const {
    return GetParam() == Fault::kDiskFull ? "ledger.disk_full" : "ledger.write";
  }

  std::filesystem::path folder_;
  FailingDisk& disk_ = FailingDisk::instance();
};

TEST_P(FailingDiskTest, EveryFailureOfACommitIsClean) {
  auto engine = open_engine();
  int number = 0;
  for (; number < 3; ++number) ASSERT_TRUE(add_note(*engine, number));
  int failures = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    ASSERT_LT(nth, 400u) << "the commit never ran without the fault";
    const std::string before = text_of(*engine);
    disk_.fail(GetParam(), nth, true);
    const auto reply = add_note(*engine, number, 6000);
    const bool has_failed = disk_.has_failed();
    disk_.heal();
    if (!reply) {
      ++failures;
      EXPECT_EQ(reply.error().code, expected_code()) << base::describe(reply.error());
      EXPECT_EQ(text_of(*engine), before) << fault_name(GetParam()) << " " << nth;
      const auto again = add_note(*engine, number, 6000);
      ASSERT_TRUE(again) << base::describe(again.error());
      EXPECT_FALSE(again->repeated);
    }
    ++number;
    expect_whole(*engine, static_cast<std::uint64_t>(number));
    if (nth % 5 == 0) {
      engine.reset();
      engine = open_engine();
      expect_whole(*engine, static_cast<std::uint64_t>(number));
    }
    if (!has_failed) break;
  }
  EXPECT_GE(failures, GetParam() == Fault::kSyncError ? 1 : 10);
}

// Large notes, so that the log is copied back into the file (a checkpoint) under the fault, and
// several commands fail in a row before the disk heals.
TEST_P(FailingDiskTest, RandomFailuresLoseNothingThatWasAcknowledged) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  auto engine = open_engine();
  int number = 0;
  for (int round = 0; round < 25; ++round) {
    disk_.fail(GetParam(), random() % (GetParam() == Fault::kSyncError ? 12 : 1500) + 1,
               random() % 2 == 0);
    std::vector<int> failed;
    for (int i = 0; i < 8; ++i, ++number) {
      const auto reply = add_note(*engine, number, 150'000);
      if (!reply) failed.push_back(number);
    }
    disk_.heal();
    for (const int again : failed) {
      const auto reply = add_note(*engine, again, 150'000);
      ASSERT_TRUE(reply) << base::describe(reply.error());
    }
    if (random() % 3 == 0) {
      engine.reset();
      engine = open_engine();
    }
    ASSERT_EQ(engine->store().size(), static_cast<std::uint64_t>(number)) << "round " << round;
  }
  expect_whole(*engine, static_cast<std::uint64_t>(number));
}

TEST_P(FailingDiskTest, AFailedGroupFailsEveryCommandInIt) {
  auto engine = open_engine();
  ASSERT_TRUE(add_note(*engine, 0));
  const std::string before = text_of(*engine);
  disk_.fail(GetParam(), 1, true);
  std::atomic<int> failures = 0;
  for (int number = 1; number <= 50; ++number)
    engine->submit_async({"note.add", json::object{{"subject", "s"}, {"text", "t"}}, "member/m",
                          ledger::Role::kMember, fmt::format("key-{}", number)},
                         [&](base::Result<control::CommandReply> reply) {
                           EXPECT_FALSE(reply);
                           ++failures;
                           failures.notify_one();
                         });
  for (int seen = failures; seen < 50; seen = failures) failures.wait(seen);
  disk_.heal();
  EXPECT_EQ(text_of(*engine), before);
  EXPECT_GT(engine->counters().failed_groups, 0u);
  for (int number = 1; number <= 50; ++number) ASSERT_TRUE(add_note(*engine, number));
  expect_whole(*engine, 51);
}

INSTANTIATE_TEST_SUITE_P(Faults, FailingDiskTest,
                         testing::Values(Fault::kDiskFull, Fault::kWriteError, Fault::kTornWrite,
                                         Fault::kSyncError),
                         [](const auto& info) { return fault_name(info.param); });

}  // namespace
}  // namespace fulcrum::test

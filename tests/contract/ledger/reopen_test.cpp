// What only a file can show: everything is there again after it is closed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "contract/ledger/backends.h"
#include "ledger/merkle.h"

namespace fulcrum::test {
namespace {

TEST(SqliteStore, GoesOnAfterItIsOpenedAgain) {
  StoreFixture fixture(Backend::kSqlite);
  Numbering numbering;
  ledger::CompactRange tree;
  for (int i = 0; i < 25; ++i) {
    auto store = fixture.open();
    EXPECT_EQ(store->size(), numbering.seq());
    const auto commit = numbering.commit(fmt::format("c{}", i), 3);
    for (const auto& event : commit.events) tree.append(ledger::leaf_hash(event));
    ASSERT_TRUE(store->append(std::vector{commit}, project_items));
    EXPECT_EQ((*store->last_checkpoint())->root, tree.root());
    ASSERT_TRUE(store->put_setting("turn", std::to_string(i)));
    ASSERT_TRUE(store->save_snapshot({store->size(), std::to_string(i)}));
  }
  auto store = fixture.open();
  EXPECT_EQ(**store->get_setting("turn"), "24");
  EXPECT_EQ((*store->snapshot())->body, "24");
  EXPECT_TRUE(store->find_command("c0")->has_value());
  EXPECT_EQ(*store->tables().count({.table = "test_log"}), 75u);
  EXPECT_EQ(all_events(*store).size(), 75u);
}

TEST(SqliteStore, ASecondWriterIsNoticed) {
  StoreFixture fixture(Backend::kSqlite);
  Numbering numbering;
  auto first = fixture.open();
  auto second = fixture.open();
  Numbering other = numbering;
  ASSERT_TRUE(first->append(std::vector{numbering.commit("c1", 2)}, project_items));
  const auto refused = second->append(std::vector{other.commit("c2", 2)}, project_items);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ledger.sequence");
}

TEST(SqliteStore, ForeignAndBrokenFilesAreNotOpened) {
  TemporaryFolder folder;
  const auto open = [](const std::filesystem::path& path) {
    return ledger::open_sqlite_store(path.string(), {});
  };
  auto refused = open(folder.path() / "no/such/folder.db");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ledger.open");
  const auto broken = folder.path() / "broken.db";
  FILE* file = std::fopen(broken.c_str(), "w");
  std::fputs(std::string(8192, 'x').c_str(), file);
  std::fclose(file);
  refused = open(broken);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ledger.corrupt");
}

}  // namespace
}  // namespace fulcrum::test

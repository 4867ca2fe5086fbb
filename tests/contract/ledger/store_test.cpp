// Every backend of ledger::Store does the same.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "contract/ledger/backends.h"
#include "ledger/merkle.h"

namespace fulcrum::test {
namespace {

using ledger::Commit;
using ledger::Event;

class StoreContract : public testing::TestWithParam<Backend> {
 protected:
  StoreFixture fixture_{GetParam()};
  std::unique_ptr<ledger::Store> store_ = fixture_.open();
  Numbering numbering_;

  base::Status append(std::vector<Commit> group) { return store_->append(group, project_items); }
};

TEST_P(StoreContract, IsEmptyAtFirst) {
  EXPECT_EQ(store_->size(), 0u);
  EXPECT_EQ(*store_->stream_version("item/0"), 0u);
  EXPECT_FALSE(store_->find_command("c1")->has_value());
  EXPECT_FALSE(store_->last_checkpoint()->has_value());
  EXPECT_FALSE(store_->snapshot()->has_value());
  EXPECT_TRUE(all_events(*store_).empty());
}

TEST_P(StoreContract, GivesBackWhatWasAppended) {
  const std::vector<Commit> group{numbering_.commit("c1", 5), numbering_.commit("c2", 1),
                                  numbering_.commit("c3", 0)};
  ASSERT_TRUE(append(group));
  EXPECT_EQ(store_->size(), 6u);
  const auto events = all_events(*store_);
  ASSERT_EQ(events.size(), 6u);
  std::size_t next = 0;
  for (const auto& commit : group) {
    for (const auto& event : commit.events) {
      const Event& stored = events[next++];
      EXPECT_EQ(ledger::leaf_bytes(stored), ledger::leaf_bytes(event));
    }
  }
  EXPECT_EQ((*store_->find_command("c1"))->last_seq, 5u);
  EXPECT_EQ((*store_->find_command("c2"))->reply, R"({"command":"c2"})");
  EXPECT_EQ((*store_->find_command("c3"))->last_seq, 0u);
}

TEST_P(StoreContract, ReadsFromAndUpTo) {
  ASSERT_TRUE(append({numbering_.commit("c1", 20)}));
  std::vector<std::uint64_t> seqs;
  ASSERT_TRUE(store_->read(5, 3, [&](const Event& event) {
    seqs.push_back(event.seq);
    return true;
  }));
  EXPECT_EQ(seqs, (std::vector<std::uint64_t>{5, 6, 7}));
  seqs.clear();
  ASSERT_TRUE(store_->read(18, 0, [&](const Event& event) {
    seqs.push_back(event.seq);
    return event.seq < 19;
  }));
  EXPECT_EQ(seqs, (std::vector<std::uint64_t>{18, 19}));
}

TEST_P(StoreContract, ReadsOneStreamInOrder) {
  ASSERT_TRUE(append({numbering_.commit("c1", 10, 3)}));
  ASSERT_TRUE(append({numbering_.commit("c2", 10, 3)}));
  std::uint64_t version = 0;
  ASSERT_TRUE(store_->read_stream("item/1", [&](const Event& event) {
    EXPECT_EQ(event.stream, "item/1");
    EXPECT_EQ(event.version, ++version);
    return true;
  }));
  EXPECT_GT(version, 4u);
  EXPECT_EQ(*store_->stream_version("item/1"), version);
  ASSERT_TRUE(store_->read_stream("item/none", [](const Event&) {
    ADD_FAILURE();
    return true;
  }));
}

TEST_P(StoreContract, RefusesGapsAndChangesNothing) {
  ASSERT_TRUE(append({numbering_.commit("c1", 3)}));
  const auto root = (*store_->last_checkpoint())->root;
  const auto expect_refused = [&](Commit commit, std::string_view code) {
    const auto status = append({std::move(commit)});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, code);
    EXPECT_EQ(store_->size(), 3u);
    EXPECT_EQ((*store_->last_checkpoint())->root, root);
    EXPECT_EQ(*store_->tables().count({.table = "test_log"}), 3u);
  };
  Numbering ahead = numbering_;
  Commit gap = ahead.commit("c2", 2);
  gap.events.erase(gap.events.begin());
  expect_refused(gap, "ledger.sequence");
  ahead = numbering_;
  Commit version = ahead.commit("c2", 2);
  version.events[1].version += 1;
  expect_refused(version, "ledger.sequence");
  ahead = numbering_;
  Commit foreign = ahead.commit("c2", 1);
  foreign.events[0].command_id = "other";
  expect_refused(foreign, "ledger.sequence");
  EXPECT_FALSE(store_->find_command("c2")->has_value());
  ASSERT_TRUE(append({numbering_.commit("c2", 2)}));
}

TEST_P(StoreContract, AGroupIsAllOrNothing) {
  ASSERT_TRUE(append({numbering_.commit("c1", 2)}));
  Numbering ahead = numbering_;
  // The second command of the group was accepted before.
  const auto status = append({ahead.commit("new", 2), ahead.commit("c1", 2)});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, "ledger.command_repeated");
  EXPECT_EQ(status.error().kind, base::ErrorKind::kConflict);
  EXPECT_EQ(store_->size(), 2u);
  EXPECT_FALSE(store_->find_command("new")->has_value());
  EXPECT_EQ(*store_->tables().count({.table = "test_log"}), 2u);
  ahead = numbering_;
  ASSERT_FALSE(append({ahead.commit("twice", 1), ahead.commit("twice", 1)}));
  ASSERT_TRUE(append({numbering_.commit("new", 2)}));
}

TEST_P(StoreContract, AFailingProjectionChangesNothing) {
  Numbering ahead = numbering_;
  const std::vector<Commit> group{ahead.commit("c1", 2)};
  auto status = store_->append(
      group, [](const Event&, const base::json::value&, ledger::TableWriter& tables) {
        tables.upsert("test_nowhere", {std::int64_t{1}});
      });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, "table.unknown");
  status = store_->append(
      group, [](const Event& event, const base::json::value& payload, ledger::TableWriter& tables) {
        project_items(event, payload, tables);
        if (event.seq == 2) throw std::runtime_error("broken projection");
      });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, "ledger.project");
  EXPECT_EQ(store_->size(), 0u);
  EXPECT_EQ(*store_->tables().count({.table = "test_log"}), 0u);
  ASSERT_TRUE(append({numbering_.commit("c1", 2)}));
}

TEST_P(StoreContract, CheckpointsAreTheTreesRoots) {
  ledger::CompactRange tree;
  for (int i = 0; i < 20; ++i) {
    const auto commit = numbering_.commit(fmt::format("c{}", i), static_cast<std::size_t>(i));
    for (const auto& event : commit.events) tree.append(ledger::leaf_hash(event));
    ASSERT_TRUE(append({commit}));
    if (i == 0) continue;
    const auto checkpoint = **store_->last_checkpoint();
    EXPECT_EQ(checkpoint.size, tree.size());
    EXPECT_EQ(checkpoint.root, tree.root());
    EXPECT_EQ(checkpoint.signature, "signed " + ledger::checkpoint_text(checkpoint));
  }
  EXPECT_EQ(store_->checkpoints(0, 0)->size(), 19u);
  const auto later = *store_->checkpoints(4, 2);
  ASSERT_EQ(later.size(), 2u);
  EXPECT_EQ(later[0].size, 6u);
  EXPECT_EQ(later[1].size, 10u);
}

TEST_P(StoreContract, LeavesAreStored) {
  const auto commit = numbering_.commit("c1", 9);
  ASSERT_TRUE(append({commit}));
  std::size_t next = 4;
  ASSERT_TRUE(store_->read_leaves(5, [&](const base::Digest& leaf) {
    EXPECT_EQ(leaf, ledger::leaf_hash(commit.events[next++]));
    return true;
  }));
  EXPECT_EQ(next, 9u);
}

TEST_P(StoreContract, ImportsUnderAGivenCheckpoint) {
  const std::vector<Commit> group{numbering_.commit("c1", 3)};
  ledger::Checkpoint checkpoint{3, 77, {}, "given"};
  const auto refused = store_->append_checkpointed(group, checkpoint, project_items);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ledger.root");
  EXPECT_EQ(store_->size(), 0u);
  ledger::CompactRange tree;
  for (const auto& event : group[0].events) tree.append(ledger::leaf_hash(event));
  checkpoint.root = tree.root();
  ASSERT_TRUE(store_->append_checkpointed(group, checkpoint, project_items));
  EXPECT_EQ((*store_->last_checkpoint())->signature, "given");
  EXPECT_EQ((*store_->last_checkpoint())->time_us, 77);
}

TEST_P(StoreContract, KeepsTheNewestSnapshot) {
  ASSERT_TRUE(store_->save_snapshot({3, std::string("a\0b", 3)}));
  ASSERT_TRUE(store_->save_snapshot({7, "later"}));
  EXPECT_EQ((*store_->snapshot())->seq, 7u);
  EXPECT_EQ((*store_->snapshot())->body, "later");
  ASSERT_TRUE(store_->drop_snapshots());
  EXPECT_FALSE(store_->snapshot()->has_value());
}

TEST_P(StoreContract, KeepsSettings) {
  const std::string bytes("\0\xff\x01", 3);
  ASSERT_TRUE(store_->put_setting("key/a", bytes));
  ASSERT_TRUE(store_->put_setting("key/b", "1"));
  ASSERT_TRUE(store_->put_setting("key/b", "2"));
  EXPECT_EQ(**store_->get_setting("key/a"), bytes);
  EXPECT_EQ(**store_->get_setting("key/b"), "2");
  ASSERT_TRUE(store_->erase_setting("key/b"));
  ASSERT_TRUE(store_->erase_setting("key/b"));
  EXPECT_FALSE(store_->get_setting("key/b")->has_value());
}

TEST_P(StoreContract, ListsCommandsInOrder) {
  ASSERT_TRUE(append({numbering_.commit("z", 2), numbering_.commit("a", 0)}));
  ASSERT_TRUE(append({numbering_.commit("m", 1)}));
  std::vector<std::string> seen;
  ASSERT_TRUE(store_->read_commands([&](std::string_view id, const ledger::StoredReply& reply) {
    seen.push_back(fmt::format("{} {}", id, reply.last_seq));
    return true;
  }));
  EXPECT_EQ(seen, (std::vector<std::string>{"z 2", "a 0", "m 3"}));
}

TEST_P(StoreContract, TextsOfAnyBytesSurvive) {
  const std::string odd = "r\xc3\xa9sum\xc3\xa9 \xe4\xb8\xad\xe6\x96\x87 ' \" ; -- %";
  Commit commit{odd, odd, {}, {}};
  commit.events.push_back(numbering_.event(odd, odd, odd, base::to_text({{"name", odd}})));
  ASSERT_TRUE(append({commit}));
  EXPECT_EQ(ledger::leaf_bytes(all_events(*store_)[0]), ledger::leaf_bytes(commit.events[0]));
  EXPECT_EQ((*store_->find_command(odd))->reply, odd);
}

INSTANTIATE_TEST_SUITE_P(Backends, StoreContract,
                         testing::Values(Backend::kMemory, Backend::kSqlite),
                         [](const auto& info) { return backend_name(info.param); });

}  // namespace
}  // namespace fulcrum::test

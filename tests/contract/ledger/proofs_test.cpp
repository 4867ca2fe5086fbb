// verify, export and import over every backend, and what they say about a ledger that was altered.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sqlite3.h>

#include <random>
#include <sstream>

#include "contract/ledger/backends.h"
#include "ledger/export.h"
#include "ledger/merkle.h"
#include "ledger/verify.h"

namespace fulcrum::test {
namespace {

/// A signing key for the tests.
struct Key {
  Key() : key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free) {
    public_key.resize(32);
    std::size_t size = 32;
    EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(public_key.data()),
                                &size);
  }
  ledger::Sign signer() const {
    return [key = key](std::string_view text) {
      std::string signature(64, '\0');
      std::size_t size = 64;
      EVP_MD_CTX* context = EVP_MD_CTX_new();
      EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key.get());
      EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
      EVP_MD_CTX_free(context);
      return signature;
    };
  }
  std::shared_ptr<EVP_PKEY> key;
  std::string public_key;
};

class Proofs : public testing::TestWithParam<Backend> {
 protected:
  std::unique_ptr<ledger::Store> open(const std::string& name) {
    ledger::StoreOptions options{item_tables(), key_.signer()};
    if (GetParam() == Backend::kMemory) return ledger::open_memory_store(std::move(options));
    auto store = ledger::open_sqlite_store(path(name), std::move(options));
    EXPECT_TRUE(store) << base::describe(store.error());
    return std::move(*store);
  }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  /// 12 groups of 3 commands; 2 commands have no events. Checkpoints at 10, 20, ….
  std::unique_ptr<ledger::Store> filled(const std::string& name) {
    auto store = open(name);
    Numbering numbering;
    for (int group = 0; group < 12; ++group) {
      const std::vector commits{numbering.commit(fmt::format("{}/a", group), 6),
                                numbering.commit(fmt::format("{}/b", group), 0),
                                numbering.commit(fmt::format("{}/c", group), 4)};
      EXPECT_TRUE(store->append(commits, project_items));
    }
    EXPECT_TRUE(store->append(std::vector{numbering.commit("last", 0)}, project_items));
    return store;
  }
  ledger::VerifyReport verify(const ledger::Store& store) {
    const auto report = ledger::verify(store, {.public_keys = {key_.public_key}});
    EXPECT_TRUE(report) << base::describe(report.error());
    return *report;
  }
  std::string exported(const ledger::Store& store) {
    std::ostringstream out;
    const auto status = ledger::export_to(store, out, {.public_key = key_.public_key});
    EXPECT_TRUE(status) << base::describe(status.error());
    return out.str();
  }

  Key key_;
  TemporaryFolder folder_;
};

TEST_P(Proofs, AWholeLedgerVerifies) {
  auto store = filled("a.db");
  const auto report = verify(*store);
  EXPECT_TRUE(report.ok) << report.reason;
  EXPECT_TRUE(report.signatures_checked);
  EXPECT_EQ(report.events, 120u);
  EXPECT_EQ(report.checkpoints, 12u);
  EXPECT_EQ(report.root, base::to_hex((*store->last_checkpoint())->root));
  EXPECT_EQ(report.first_bad_seq, 0u);
  EXPECT_TRUE(verify(*open("empty.db")).ok);
}

TEST_P(Proofs, AnotherKeyOrAnotherHistoryIsNoticed) {
  auto store = filled("a.db");
  auto report = *ledger::verify(*store, {.public_keys = {Key().public_key}});
  EXPECT_FALSE(report.ok);
  EXPECT_NE(report.reason.find("signature"), std::string::npos);
  EXPECT_TRUE((*ledger::verify(*store, {.public_keys = {Key().public_key, key_.public_key}})).ok);
  auto witnessed = (*store->checkpoints(0, 0));
  EXPECT_TRUE((*ledger::verify(*store, {.witnessed = witnessed})).ok);
  witnessed[3].root[0] ^= 1;
  EXPECT_FALSE((*ledger::verify(*store, {.witnessed = witnessed})).ok);
  ledger::Checkpoint later{500, 0, {}, {}};
  report = *ledger::verify(*store, {.witnessed = {later}});
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.first_bad_seq, 121u);
}

TEST_P(Proofs, ProofsOverTheStoreHold) {
  auto store = filled("a.db");
  const auto events = all_events(*store);
  const auto ranges = ledger::range_hash_of(*store);
  const auto root = (*store->last_checkpoint())->root;
  for (std::uint64_t index = 0; index < 120; index += 13) {
    const auto proof = ledger::inclusion_proof(index, 120, ranges);
    ASSERT_TRUE(proof);
    EXPECT_TRUE(
        ledger::verify_inclusion(index, 120, ledger::leaf_hash(events[index]), *proof, root));
  }
  const auto early = (*store->checkpoints(30, 1))[0];
  const auto proof = ledger::consistency_proof(early.size, 120, ranges);
  ASSERT_TRUE(proof);
  EXPECT_TRUE(ledger::verify_consistency(early.size, 120, early.root, root, *proof));
}

TEST_P(Proofs, AnImportGivesTheSameLedger) {
  auto store = filled("a.db");
  const std::string text = exported(*store);
  auto copy = open("copy.db");
  std::istringstream in(text);
  const auto report = ledger::import_from(*copy, in, {.project = project_items});
  ASSERT_TRUE(report) << base::describe(report.error());
  EXPECT_EQ(report->events, 120u);
  EXPECT_EQ(report->commands, 37u);
  EXPECT_EQ(report->root, base::to_hex((*store->last_checkpoint())->root));
  EXPECT_TRUE(verify(*copy).ok);
  EXPECT_EQ(exported(*copy), text);
  EXPECT_TRUE((*copy->find_command("last")).has_value());
  std::ostringstream tables, copied;
  ASSERT_TRUE(ledger::dump_tables(store->tables(), item_tables(), tables));
  ASSERT_TRUE(ledger::dump_tables(copy->tables(), item_tables(), copied));
  EXPECT_EQ(copied.str(), tables.str());
  std::istringstream again(text);
  EXPECT_EQ(ledger::import_from(*copy, again).error().code, "import.occupied");
  // Without a projection the tables wait for a rebuild.
  auto bare = open("bare.db");
  std::istringstream third(text);
  ASSERT_TRUE(ledger::import_from(*bare, third));
  EXPECT_TRUE(bare->tables_stale());
}

TEST_P(Proofs, AnImportNeedsTheKeyThatIsTrusted) {
  const std::string text = exported(*filled("a.db"));
  auto copy = open("copy.db");
  std::istringstream in(text);
  const auto report = ledger::import_from(*copy, in, {.public_keys = {Key().public_key}});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "import.signature");
}

TEST_P(Proofs, EveryCutExportIsRefused) {
  const std::string text = exported(*filled("a.db"));
  for (std::size_t size = 0; size < text.size() - 1; size += 97) {
    auto copy = ledger::open_memory_store({item_tables(), {}});
    std::istringstream in(text.substr(0, size));
    const auto report = ledger::import_from(*copy, in);
    ASSERT_FALSE(report) << size;
    EXPECT_TRUE(report.error().code == "import.truncated" || report.error().code == "import.syntax")
        << report.error().code;
  }
}

// Any change either is refused, or leaves every event as it was (a blank, a reply's text).
TEST_P(Proofs, NoBrokenExportGivesAnotherHistory) {
  const auto store = filled("a.db");
  const std::string text = exported(*store);
  const std::string root = base::to_hex((*store->last_checkpoint())->root);
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 400; ++round) {
    std::string broken = text;
    for (unsigned changes = random() % 4 + 1; changes > 0; --changes) {
      const std::size_t at = random() % broken.size();
      switch (random() % 4) {
        case 0:
          broken[at] = static_cast<char>(random());
          break;
        case 1:
          broken.erase(at, random() % 200);
          break;
        case 2:
          broken.insert(at, broken.substr(random() % broken.size(), random() % 200));
          break;
        default:
          broken.insert(at, 1, static_cast<char>('0' + random() % 10));
          break;
      }
    }
    auto copy = ledger::open_memory_store({item_tables(), {}});
    std::istringstream in(broken);
    const auto report = ledger::import_from(*copy, in, {.public_keys = {key_.public_key}});
    if (!report) continue;
    EXPECT_EQ(report->root, root);
    EXPECT_TRUE(verify(*copy).ok);
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, Proofs, testing::Values(Backend::kMemory, Backend::kSqlite),
                         [](const auto& info) { return backend_name(info.param); });

class Tampering : public Proofs {
 protected:
  /// Fills a ledger, changes the file behind its back, and verifies it.
  ledger::VerifyReport after(const std::string& sql) {
    const std::string name = fmt::format("{}.db", ++files_);
    filled(name);
    sqlite3* database = nullptr;
    sqlite3_open(path(name).c_str(), &database);
    char* error = nullptr;
    sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error);
    EXPECT_EQ(error, nullptr) << error;
    EXPECT_GT(sqlite3_total_changes(database), 0) << sql;
    sqlite3_close(database);
    return verify(*open(name));
  }
  int files_ = 0;
};

TEST_P(Tampering, NamesTheFirstAlteredEvent) {
  for (const char* sql :
       {"UPDATE events SET payload = replace(payload, 'shelf', 'shelF') WHERE seq = 57",
        "UPDATE events SET time_us = time_us + 1 WHERE seq = 57",
        "UPDATE events SET actor = actor + 1 WHERE seq >= 57",
        "UPDATE events SET kind = 0 WHERE seq = 57 OR seq = 90",
        "UPDATE events SET command = command + 1 WHERE seq = 57",
        "UPDATE events SET leaf = zeroblob(32) WHERE seq = 57",
        "UPDATE events SET leaf = x'00' WHERE seq = 57", "DELETE FROM events WHERE seq = 57"}) {
    const auto report = after(sql);
    EXPECT_FALSE(report.ok) << sql;
    EXPECT_EQ(report.first_bad_seq, 57u) << sql << ": " << report.reason;
    EXPECT_NE(report.reason.find("event 57"), std::string::npos) << report.reason;
  }
  EXPECT_EQ(after("UPDATE commands SET command_id = 'x' WHERE command_id = '5/c'").first_bad_seq,
            57u);
  EXPECT_EQ(after("UPDATE streams SET name = 'x' WHERE name = 'item/0'").first_bad_seq, 1u);
}

TEST_P(Tampering, NamesTheRangeWhenTheHashWasForgedToo) {
  // As somebody would who knows how leaves are made, but has no key.
  const auto event = all_events(*filled("x.db"))[56];
  ledger::Event forged = event;
  forged.time_us = 5;
  const auto leaf = base::to_hex(ledger::leaf_hash(forged));
  const auto report =
      after(fmt::format("UPDATE events SET time_us = 5, leaf = x'{}' WHERE seq = 57", leaf));
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.first_bad_seq, 51u);
  EXPECT_NE(report.reason.find("51 to 60"), std::string::npos) << report.reason;
}

TEST_P(Tampering, CheckpointsCannotBeForgedWithoutTheKey) {
  auto report = after("UPDATE checkpoints SET root = zeroblob(32) WHERE size = 60");
  EXPECT_EQ(report.first_bad_seq, 51u) << report.reason;
  report = after("UPDATE checkpoints SET time_us = time_us + 1 WHERE size = 60");
  EXPECT_EQ(report.first_bad_seq, 51u) << report.reason;
  report = after("DELETE FROM events WHERE seq > 110");
  EXPECT_EQ(report.first_bad_seq, 111u) << report.reason;
  report = after("DELETE FROM checkpoints WHERE size > 110");
  EXPECT_EQ(report.first_bad_seq, 111u) << report.reason;
  // Cutting a tail together with its checkpoints leaves a valid, shorter ledger: only somebody who
  // kept a checkpoint can tell.
  const auto witness = *filled("w.db")->last_checkpoint();
  report = after("DELETE FROM checkpoints WHERE size > 110; DELETE FROM events WHERE seq > 110");
  EXPECT_TRUE(report.ok);
  const auto witnessed =
      ledger::verify(*open(fmt::format("{}.db", files_)), {.witnessed = {*witness}});
  EXPECT_FALSE(witnessed->ok);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, Tampering, testing::Values(Backend::kSqlite),
                         [](const auto& info) { return backend_name(info.param); });

}  // namespace
}  // namespace fulcrum::test

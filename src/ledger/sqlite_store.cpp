// The store in one SQLite file.
#include <fmt/format.h>

#include <atomic>
#include <mutex>

#include "ledger/group.h"
#include "ledger/sqlite_append.h"
#include "ledger/sqlite_reads.h"
#include "ledger/sqlite_schema.h"
#include "ledger/sqlite_tables.h"
#include "ledger/store.h"

namespace fulcrum::ledger {

namespace {

/// A rebuild writes its rows when so many are waiting, to bound memory.
constexpr std::size_t kRebuildChanges = 20'000;

class SqliteStore final : public Store {
 public:
  SqliteStore(const std::string& path, StoreOptions options,
              std::unique_ptr<sqlite::Connection> writer)
      : catalogue_(std::move(options.tables)),
        sign_(std::move(options.sign)),
        pool_(path),
        reader_(catalogue_, pool_),
        writer_(std::move(writer)),
        appender_(*writer_),
        table_statements_(catalogue_, *writer_) {}

  /// Reads the tree's state; fails with `ledger.open`.
  base::Status load();

  base::Status append(std::span<const Commit> group, const Project& project) override {
    return append_group(group, nullptr, project);
  }
  base::Status append_checkpointed(std::span<const Commit> group, const Checkpoint& checkpoint,
                                   const Project& project) override {
    return append_group(group, &checkpoint, project);
  }
  std::uint64_t size() const override { return size_.load(std::memory_order_acquire); }

  base::Result<std::uint64_t> stream_version(std::string_view stream) const override {
    return sqlite::stream_version(pool_, stream);
  }
  base::Status read(std::uint64_t from, std::uint64_t limit,
                    const std::function<bool(const Event&)>& visit) const override {
    return sqlite::read_events(pool_, from, limit, visit);
  }
  base::Status read_stream(std::string_view stream,
                           const std::function<bool(const Event&)>& visit) const override {
    return sqlite::read_stream(pool_, stream, visit);
  }
  base::Result<std::optional<StoredReply>> find_command(
      std::string_view command_id) const override {
    return sqlite::find_command(pool_, command_id);
  }
  base::Status read_commands(
      const std::function<bool(std::string_view, const StoredReply&)>& visit) const override {
    return sqlite::read_commands(pool_, visit);
  }
  base::Status read_leaves(std::uint64_t from,
                           const std::function<bool(const base::Digest&)>& visit) const override {
    return sqlite::read_leaves(pool_, from, visit);
  }
  base::Result<std::vector<Checkpoint>> checkpoints(std::uint64_t from_size,
                                                    std::uint64_t limit) const override {
    return sqlite::checkpoints(pool_, from_size, limit);
  }
  base::Result<std::optional<Checkpoint>> last_checkpoint() const override {
    TRY(const auto connection, pool_.lease());
    return sqlite::last_checkpoint(*connection);
  }
  base::Result<std::optional<Snapshot>> snapshot() const override {
    return sqlite::snapshot(pool_);
  }
  base::Status save_snapshot(const Snapshot& snapshot) override;
  base::Status drop_snapshots() override { return write("DELETE FROM snapshots", {}, {}); }
  base::Result<std::optional<std::string>> get_setting(std::string_view key) const override {
    return sqlite::get_setting(pool_, key);
  }
  base::Status put_setting(std::string_view key, std::string_view value) override {
    return write("INSERT OR REPLACE INTO settings(key, value) VALUES(?, ?)", key, value);
  }
  base::Status erase_setting(std::string_view key) override {
    CHECK_OK(write("DELETE FROM settings WHERE key = ?", key, {}));
    // What is erased may be a key: its old page must not stay behind in the log. A reader can
    // delay this to the next checkpoint, which is no failure.
    const std::lock_guard lock(write_mutex_);
    (void)writer_->execute("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
  }
  const TableReader& tables() const override { return reader_; }
  base::Status rebuild_tables(const Project& project) override;
  bool tables_stale() const override {
    const auto stale = get_setting(sqlite::kStaleSetting);
    return stale && stale->has_value();
  }
  base::Status mark_tables_stale() override { return put_setting(sqlite::kStaleSetting, "1"); }

 private:
  base::Status append_group(std::span<const Commit> group, const Checkpoint* given,
                            const Project& project);
  base::Status append_in_transaction(std::span<const Commit> group, const Checkpoint* given,
                                     const Project& project, PreparedGroup& prepared);
  base::Status check_single_writer();
  base::Status flush(TableBuffer& buffer);
  base::Status write(const std::string& sql, std::string_view key, std::string_view value);

  const Catalogue catalogue_;
  const Sign sign_;
  const sqlite::ReadPool pool_;
  const sqlite::Tables reader_;
  std::mutex write_mutex_;  // everything below
  std::unique_ptr<sqlite::Connection> writer_;
  sqlite::Appender appender_;
  sqlite::TableStatements table_statements_;
  CompactRange tree_;
  std::atomic<std::uint64_t> size_ = 0;
};

/// Reads the saved tree; a tree that does not fit the last checkpoint is made again from the
/// leaves. What was altered is for verify to say.
base::Result<CompactRange> load_tree(sqlite::Connection& connection) {
  TRY(sqlite::Statement * statement, connection.prepare("SELECT size, nodes FROM tree"));
  const sqlite::Resetting resetting(*statement);
  TRY(const bool has_row, statement->step());
  std::vector<base::Digest> nodes;
  std::uint64_t size = 0;
  if (has_row) {
    size = static_cast<std::uint64_t>(statement->integer(0));
    for (std::string_view bytes = statement->blob(1); bytes.size() >= 32; bytes.remove_prefix(32))
      std::copy_n(bytes.begin(), 32, nodes.emplace_back().begin());
  }
  auto tree = CompactRange::from(size, std::move(nodes));
  TRY(const auto checkpoint, sqlite::last_checkpoint(connection));
  const std::uint64_t expected = checkpoint ? checkpoint->size : 0;
  if (tree && tree->size() == expected && (!checkpoint || checkpoint->root == tree->root()))
    return *tree;
  CompactRange rebuilt;
  CHECK_OK(sqlite::read_leaves(connection, 1, [&](const base::Digest& leaf) {
    rebuilt.append(leaf);
    return true;
  }));
  return rebuilt;
}

base::Status SqliteStore::load() {
  CHECK_OK(sqlite::prepare_schema(*writer_, catalogue_));
  TRY(tree_, load_tree(*writer_));
  size_ = tree_.size();
  return {};
}

/// Another process that appended meanwhile would make this one's numbering wrong.
base::Status SqliteStore::check_single_writer() {
  TRY(sqlite::Statement * statement, writer_->prepare("SELECT max(seq) FROM events"));
  const sqlite::Resetting resetting(*statement);
  TRY(const bool has_row, statement->step());
  const auto stored = has_row ? static_cast<std::uint64_t>(statement->integer(0)) : 0;
  if (stored == tree_.size()) return {};
  return base::failed(
      "ledger.sequence",
      fmt::format("expected {} events in the ledger, found {}", tree_.size(), stored),
      "another process wrote to it: open it again");
}

base::Status SqliteStore::flush(TableBuffer& buffer) {
  CHECK_OK(buffer.status());
  CHECK_OK(table_statements_.take_status());
  CHECK_OK(table_statements_.write(buffer));
  buffer.clear();
  return {};
}

base::Status SqliteStore::append_in_transaction(std::span<const Commit> group,
                                                const Checkpoint* given, const Project& project,
                                                PreparedGroup& prepared) {
  sqlite::Transaction transaction(*writer_);
  CHECK_OK(transaction.begin());
  CHECK_OK(check_single_writer());
  TRY(prepared, prepare_group(
                    group, tree_,
                    [this](std::string_view stream) { return appender_.stream_version(stream); },
                    sign_, given));
  CHECK_OK(appender_.write(group, prepared));
  TableBuffer buffer(catalogue_, [this](std::size_t table, const Row& key) {
    return table_statements_.load(table, key);
  });
  CHECK_OK(project_group(group, project, buffer));
  CHECK_OK(flush(buffer));
  return transaction.commit();
}

base::Status SqliteStore::append_group(std::span<const Commit> group, const Checkpoint* given,
                                       const Project& project) {
  if (group.empty()) return {};
  const std::lock_guard lock(write_mutex_);
  PreparedGroup prepared;
  auto status = append_in_transaction(group, given, project, prepared);
  if (!status) {
    appender_.forget();
    return status;
  }
  tree_ = std::move(prepared.tree);
  size_.store(tree_.size(), std::memory_order_release);
  return {};
}

base::Status SqliteStore::save_snapshot(const Snapshot& snapshot) {
  const std::lock_guard lock(write_mutex_);
  sqlite::Transaction transaction(*writer_);
  CHECK_OK(transaction.begin());
  CHECK_OK(writer_->execute("DELETE FROM snapshots"));
  TRY(sqlite::Statement * statement,
      writer_->prepare("INSERT INTO snapshots(seq, body) VALUES(?, ?)"));
  statement->bind(1, snapshot.seq).bind_blob(2, snapshot.body);
  CHECK_OK(statement->run());
  return transaction.commit();
}

base::Status SqliteStore::write(const std::string& sql, std::string_view key,
                                std::string_view value) {
  const std::lock_guard lock(write_mutex_);
  TRY(sqlite::Statement * statement, writer_->prepare(sql));
  statement->bind(1, key).bind_blob(2, value);
  return statement->run();
}

base::Status SqliteStore::rebuild_tables(const Project& project) {
  const std::lock_guard lock(write_mutex_);
  sqlite::Transaction transaction(*writer_);
  CHECK_OK(transaction.begin());
  CHECK_OK(table_statements_.clear());
  TableBuffer buffer(catalogue_, [this](std::size_t table, const Row& key) {
    return table_statements_.load(table, key);
  });
  base::Status status;
  CHECK_OK(sqlite::read_events(*writer_, 1, 0, [&](const Event& event) {
    status = project_event(event, project, buffer);
    if (status && buffer.count() >= kRebuildChanges) status = flush(buffer);
    return status.has_value();
  }));
  CHECK_OK(status);
  CHECK_OK(flush(buffer));
  CHECK_OK(
      writer_->execute(fmt::format("DELETE FROM settings WHERE key='{}'", sqlite::kStaleSetting)));
  return transaction.commit();
}

}  // namespace

base::Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path,
                                                       StoreOptions options) {
  TRY(auto connection, sqlite::Connection::open(path));
  auto store = std::make_unique<SqliteStore>(path, std::move(options), std::move(connection));
  if (auto status = store->load(); !status) {
    auto error = std::move(status).error();
    if (error.code == "ledger.read" || error.code == "ledger.write") error.code = "ledger.open";
    error.message = fmt::format("ledger {}: {}", path, error.message);
    return base::Failure(std::move(error));
  }
  return store;
}

}  // namespace fulcrum::ledger

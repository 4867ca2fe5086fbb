#include "ledger/sqlite_reads.h"

#include <algorithm>

namespace fulcrum::ledger::sqlite {

namespace {

constexpr const char* kEventColumns =
    "seq, time_us, stream, version, kind, actor, command, payload";

base::Digest digest_of(std::string_view bytes) {
  base::Digest digest{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}

/// Turns the integers of event rows into texts. Kinds and actors are few and kept; of streams the
/// last ones; commands come in order, so that one is enough.
class Resolver {
 public:
  explicit Resolver(Connection& connection) : connection_(connection) {}

  base::Status fill(const Statement& row, Event& event) {
    event.seq = static_cast<std::uint64_t>(row.integer(0));
    event.time_us = row.integer(1);
    event.version = static_cast<std::uint64_t>(row.integer(3));
    event.payload.assign(row.text(7));
    CHECK_OK(
        look_up(streams_, "SELECT name FROM streams WHERE id=?", row.integer(2), event.stream));
    CHECK_OK(look_up(names_, "SELECT name FROM names WHERE id=?", row.integer(4), event.kind));
    CHECK_OK(look_up(names_, "SELECT name FROM names WHERE id=?", row.integer(5), event.actor));
    if (row.integer(6) != command_) {
      CHECK_OK(fetch("SELECT command_id FROM commands WHERE id=?", row.integer(6), command_id_));
      command_ = row.integer(6);
    }
    event.command_id = command_id_;
    return {};
  }

 private:
  using Names = std::unordered_map<std::int64_t, std::string>;
  static constexpr std::size_t kMaxNames = 65'536;

  base::Status look_up(Names& names, const char* sql, std::int64_t id, std::string& out) {
    const auto found = names.find(id);
    if (found != names.end()) {
      out = found->second;
      return {};
    }
    CHECK_OK(fetch(sql, id, out));
    if (names.size() >= kMaxNames) names.clear();
    names.emplace(id, out);
    return {};
  }

  base::Status fetch(const char* sql, std::int64_t id, std::string& out) {
    auto& statement = statements_[sql];
    if (!statement) {
      TRY(statement, connection_.prepare(sql));
    }
    const Resetting resetting(*statement);
    statement->bind(1, id);
    TRY(const bool has_row, statement->step());
    // Left empty where the name is gone: verify names the event.
    if (has_row) {
      out.assign(statement->text(0));
    } else {
      out.clear();
    }
    return {};
  }

  Connection& connection_;
  std::unordered_map<const char*, Statement*> statements_;
  Names streams_, names_;
  std::int64_t command_ = -1;
  std::string command_id_;
};

base::Status visit_events(Connection& connection, Statement& statement,
                          const std::function<bool(const Event&)>& visit) {
  const Resetting resetting(statement);
  Resolver resolver(connection);
  Event event;
  for (;;) {
    TRY(const bool has_row, statement.step());
    if (!has_row) return {};
    CHECK_OK(resolver.fill(statement, event));
    if (!visit(event)) return {};
  }
}

/// A read transaction for the scope, so that one visit sees one state.
class ReadScope {
 public:
  explicit ReadScope(Connection& connection) : connection_(connection) {}
  base::Status begin() { return connection_.execute("BEGIN"); }
  ~ReadScope() { (void)connection_.execute("COMMIT"); }
  ReadScope(const ReadScope&) = delete;
  ReadScope& operator=(const ReadScope&) = delete;

 private:
  Connection& connection_;
};

Checkpoint checkpoint_of(const Statement& row) {
  return {static_cast<std::uint64_t>(row.integer(0)), row.integer(1), digest_of(row.blob(2)),
          std::string(row.blob(3))};
}

}  // namespace

base::Status read_events(Connection& connection, std::uint64_t from, std::uint64_t limit,
                         const std::function<bool(const Event&)>& visit) {
  TRY(Statement * statement,
      connection.prepare(std::string("SELECT ") + kEventColumns +
                         " FROM events WHERE seq >= ? ORDER BY seq LIMIT ?"));
  statement->bind(1, from);
  statement->bind(2, limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(limit));
  return visit_events(connection, *statement, visit);
}

base::Status read_events(const ReadPool& pool, std::uint64_t from, std::uint64_t limit,
                         const std::function<bool(const Event&)>& visit) {
  TRY(const auto connection, pool.lease());
  ReadScope scope(*connection);
  CHECK_OK(scope.begin());
  return read_events(*connection, from, limit, visit);
}

base::Status read_stream(const ReadPool& pool, std::string_view stream,
                         const std::function<bool(const Event&)>& visit) {
  TRY(const auto connection, pool.lease());
  ReadScope scope(*connection);
  CHECK_OK(scope.begin());
  TRY(Statement * statement,
      connection->prepare(std::string("SELECT ") + kEventColumns +
                          " FROM events WHERE stream = (SELECT id FROM streams WHERE name = ?)"
                          " ORDER BY version"));
  statement->bind(1, stream);
  return visit_events(*connection, *statement, visit);
}

base::Result<std::uint64_t> stream_version(const ReadPool& pool, std::string_view stream) {
  TRY(const auto connection, pool.lease());
  TRY(Statement * statement, connection->prepare("SELECT version FROM streams WHERE name = ?"));
  const Resetting resetting(*statement);
  statement->bind(1, stream);
  TRY(const bool has_row, statement->step());
  return has_row ? static_cast<std::uint64_t>(statement->integer(0)) : 0;
}

base::Result<std::optional<StoredReply>> find_command(const ReadPool& pool,
                                                      std::string_view command_id) {
  TRY(const auto connection, pool.lease());
  TRY(Statement * statement,
      connection->prepare("SELECT last_seq, reply FROM commands WHERE command_id = ?"));
  const Resetting resetting(*statement);
  statement->bind(1, command_id);
  TRY(const bool has_row, statement->step());
  if (!has_row) return std::optional<StoredReply>();
  return std::optional(StoredReply{static_cast<std::uint64_t>(statement->integer(0)),
                                   std::string(statement->text(1))});
}

base::Status read_commands(const ReadPool& pool,
                           const std::function<bool(std::string_view, const StoredReply&)>& visit) {
  TRY(const auto connection, pool.lease());
  TRY(Statement * statement,
      connection->prepare("SELECT command_id, last_seq, reply FROM commands ORDER BY id"));
  const Resetting resetting(*statement);
  for (;;) {
    TRY(const bool has_row, statement->step());
    if (!has_row) return {};
    const StoredReply reply{static_cast<std::uint64_t>(statement->integer(1)),
                            std::string(statement->text(2))};
    if (!visit(statement->text(0), reply)) return {};
  }
}

base::Status read_leaves(Connection& connection, std::uint64_t from,
                         const std::function<bool(const base::Digest&)>& visit) {
  TRY(Statement * statement,
      connection.prepare("SELECT leaf FROM events WHERE seq >= ? ORDER BY seq"));
  const Resetting resetting(*statement);
  statement->bind(1, from);
  for (;;) {
    TRY(const bool has_row, statement->step());
    if (!has_row || !visit(digest_of(statement->blob(0)))) return {};
  }
}

base::Status read_leaves(const ReadPool& pool, std::uint64_t from,
                         const std::function<bool(const base::Digest&)>& visit) {
  TRY(const auto connection, pool.lease());
  return read_leaves(*connection, from, visit);
}

base::Result<std::vector<Checkpoint>> checkpoints(const ReadPool& pool, std::uint64_t from_size,
                                                  std::uint64_t limit) {
  TRY(const auto connection, pool.lease());
  TRY(Statement * statement,
      connection->prepare("SELECT size, time_us, root, signature FROM checkpoints WHERE size >= ?"
                          " ORDER BY size LIMIT ?"));
  const Resetting resetting(*statement);
  statement->bind(1, from_size);
  statement->bind(2, limit == 0 ? std::int64_t{-1} : static_cast<std::int64_t>(limit));
  std::vector<Checkpoint> found;
  for (;;) {
    TRY(const bool has_row, statement->step());
    if (!has_row) return found;
    found.push_back(checkpoint_of(*statement));
  }
}

base::Result<std::optional<Checkpoint>> last_checkpoint(Connection& connection) {
  TRY(Statement * statement,
      connection.prepare("SELECT size, time_us, root, signature FROM checkpoints"
                         " ORDER BY size DESC LIMIT 1"));
  const Resetting resetting(*statement);
  TRY(const bool has_row, statement->step());
  if (!has_row) return std::optional<Checkpoint>();
  return std::optional(checkpoint_of(*statement));
}

base::Result<std::optional<Snapshot>> snapshot(const ReadPool& pool) {
  TRY(const auto connection, pool.lease());
  TRY(Statement * statement,
      connection->prepare("SELECT seq, body FROM snapshots ORDER BY seq DESC LIMIT 1"));
  const Resetting resetting(*statement);
  TRY(const bool has_row, statement->step());
  if (!has_row) return std::optional<Snapshot>();
  return std::optional(
      Snapshot{static_cast<std::uint64_t>(statement->integer(0)), std::string(statement->blob(1))});
}

base::Result<std::optional<std::string>> get_setting(const ReadPool& pool, std::string_view key) {
  TRY(const auto connection, pool.lease());
  TRY(Statement * statement, connection->prepare("SELECT value FROM settings WHERE key = ?"));
  const Resetting resetting(*statement);
  statement->bind(1, key);
  TRY(const bool has_row, statement->step());
  if (!has_row) return std::optional<std::string>();
  return std::optional(std::string(statement->blob(0)));
}

}  // namespace fulcrum::ledger::sqlite

#include "ledger/sqlite_append.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace fulcrum::ledger::sqlite {

namespace {

constexpr std::size_t kMaxCached = 65'536;

std::string_view bytes_of(const base::Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

void Appender::forget() {
  names_.clear();
  streams_.clear();
  changed_.clear();
}

base::Result<Appender::Stream*> Appender::stream(std::string_view name) {
  const auto found = streams_.find(name);
  if (found != streams_.end()) return &found->second;
  TRY(Statement * statement, connection_.prepare("SELECT id, version FROM streams WHERE name = ?"));
  const Resetting resetting(*statement);
  statement->bind(1, name);
  TRY(const bool has_row, statement->step());
  Stream stream;
  if (has_row)
    stream = {statement->integer(0), static_cast<std::uint64_t>(statement->integer(1)), false};
  return &streams_.emplace(std::string(name), stream).first->second;
}

base::Result<std::uint64_t> Appender::stream_version(std::string_view name) {
  TRY(const Stream* found, stream(name));
  return found->version;
}

base::Result<std::int64_t> Appender::stream_id(const std::string& name, Stream& stream) {
  if (stream.id != 0) return stream.id;
  TRY(Statement * statement,
      connection_.prepare("INSERT INTO streams(name, version) VALUES(?, 0)"));
  statement->bind(1, std::string_view(name));
  CHECK_OK(statement->run());
  stream.id = sqlite3_last_insert_rowid(connection_.handle());
  return stream.id;
}

base::Result<std::int64_t> Appender::name_id(const std::string& name) {
  const auto found = names_.find(name);
  if (found != names_.end()) return found->second;
  std::int64_t id = 0;
  {
    TRY(Statement * statement, connection_.prepare("SELECT id FROM names WHERE name = ?"));
    const Resetting resetting(*statement);
    statement->bind(1, std::string_view(name));
    TRY(const bool has_row, statement->step());
    if (has_row) id = statement->integer(0);
  }
  if (id == 0) {
    TRY(Statement * statement, connection_.prepare("INSERT INTO names(name) VALUES(?)"));
    statement->bind(1, std::string_view(name));
    CHECK_OK(statement->run());
    id = sqlite3_last_insert_rowid(connection_.handle());
  }
  names_.emplace(name, id);
  return id;
}

base::Result<std::int64_t> Appender::write_command(const Commit& commit) {
  if (!insert_command_) {
    TRY(insert_command_,
        connection_.prepare("INSERT INTO commands(command_id, last_seq, reply) VALUES(?, ?, ?)"));
  }
  Statement* const statement = insert_command_;
  const std::uint64_t last_seq = commit.events.empty() ? 0 : commit.events.back().seq;
  statement->bind(1, std::string_view(commit.command_id));
  statement->bind(2, last_seq);
  statement->bind(3, std::string_view(commit.reply));
  auto status = statement->run();
  if (!status) {
    if (sqlite3_extended_errcode(connection_.handle()) == SQLITE_CONSTRAINT_UNIQUE)
      return base::conflict("ledger.command_repeated",
                            fmt::format("command {} was accepted before", commit.command_id));
    return base::Failure(status.error());
  }
  return sqlite3_last_insert_rowid(connection_.handle());
}

base::Status Appender::write_event(const Event& event, std::int64_t command,
                                   const base::Digest& leaf) {
  TRY(Stream * stream, this->stream(event.stream));
  TRY(const auto stream_row, stream_id(event.stream, *stream));
  TRY(const auto kind, name_id(event.kind));
  TRY(const auto actor, name_id(event.actor));
  if (!stream->is_changed) {
    stream->is_changed = true;
    changed_.emplace_back(&event.stream, stream);
  }
  stream->version = event.version;
  if (!insert_event_) {
    TRY(insert_event_,
        connection_.prepare("INSERT INTO events(seq, time_us, stream, version, kind, actor,"
                            " command, payload, leaf) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  }
  Statement* const statement = insert_event_;
  statement->bind(1, event.seq).bind(2, event.time_us).bind(3, stream_row);
  statement->bind(4, event.version).bind(5, kind).bind(6, actor).bind(7, command);
  statement->bind(8, std::string_view(event.payload)).bind_blob(9, bytes_of(leaf));
  return statement->run();
}

base::Status Appender::write_streams() {
  TRY(Statement * statement, connection_.prepare("UPDATE streams SET version = ? WHERE id = ?"));
  for (auto& [name, stream] : changed_) {
    statement->bind(1, stream->version).bind(2, stream->id);
    CHECK_OK(statement->run());
    stream->is_changed = false;
  }
  changed_.clear();
  return {};
}

base::Status Appender::write_tree(const PreparedGroup& prepared) {
  if (!prepared.checkpoint) return {};
  const Checkpoint& checkpoint = *prepared.checkpoint;
  TRY(Statement * insert,
      connection_.prepare("INSERT OR REPLACE INTO checkpoints(size, time_us, root, signature)"
                          " VALUES(?, ?, ?, ?)"));
  insert->bind(1, checkpoint.size).bind(2, checkpoint.time_us);
  insert->bind_blob(3, bytes_of(checkpoint.root)).bind_blob(4, checkpoint.signature);
  CHECK_OK(insert->run());
  std::string nodes;
  for (const auto& node : prepared.tree.nodes()) nodes += bytes_of(node);
  TRY(Statement * update, connection_.prepare("UPDATE tree SET size = ?, nodes = ?"));
  update->bind(1, prepared.tree.size()).bind_blob(2, nodes);
  return update->run();
}

base::Status Appender::write(std::span<const Commit> group, const PreparedGroup& prepared) {
  if (names_.size() > kMaxCached || streams_.size() > kMaxCached) forget();
  std::size_t next = 0;
  for (const Commit& commit : group) {
    TRY(const auto command, write_command(commit));
    for (const Event& event : commit.events)
      CHECK_OK(write_event(event, command, prepared.leaves[next++]));
  }
  CHECK_OK(write_streams());
  return write_tree(prepared);
}

}  // namespace fulcrum::ledger::sqlite

#pragma once
// The read side of the SQLite store; thread-safe.
#include "ledger/sqlite.h"
#include "ledger/store.h"

namespace fulcrum::ledger::sqlite {

base::Status read_events(const ReadPool& pool, std::uint64_t from, std::uint64_t limit,
                         const std::function<bool(const Event&)>& visit);
base::Status read_stream(const ReadPool& pool, std::string_view stream,
                         const std::function<bool(const Event&)>& visit);
/// Both over a connection that the caller holds, inside its transaction.
base::Status read_events(Connection& connection, std::uint64_t from, std::uint64_t limit,
                         const std::function<bool(const Event&)>& visit);

base::Result<std::uint64_t> stream_version(const ReadPool& pool, std::string_view stream);
base::Result<std::optional<StoredReply>> find_command(const ReadPool& pool,
                                                      std::string_view command_id);
base::Status read_commands(const ReadPool& pool,
                           const std::function<bool(std::string_view, const StoredReply&)>& visit);
base::Status read_leaves(const ReadPool& pool, std::uint64_t from,
                         const std::function<bool(const base::Digest&)>& visit);
base::Status read_leaves(Connection& connection, std::uint64_t from,
                         const std::function<bool(const base::Digest&)>& visit);
base::Result<std::vector<Checkpoint>> checkpoints(const ReadPool& pool, std::uint64_t from_size,
                                                  std::uint64_t limit);
base::Result<std::optional<Checkpoint>> last_checkpoint(Connection& connection);
base::Result<std::optional<Snapshot>> snapshot(const ReadPool& pool);
base::Result<std::optional<std::string>> get_setting(const ReadPool& pool, std::string_view key);

}  // namespace fulcrum::ledger::sqlite

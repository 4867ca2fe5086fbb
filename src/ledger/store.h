#pragma once
// Where events live. Backends: memory (twin), SQLite; every backend passes tests/contract/ledger.
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "ledger/event.h"
#include "ledger/tables.h"

namespace fulcrum::ledger {

/// One accepted command: its events, and its reply kept for when it is sent again.
struct Commit {
  std::string command_id;  // unique; sending it again must not append again
  std::string reply;       // what the caller was told (JSON)
  std::vector<Event> events;
  /// The events' payloads, parsed, in the same order, when the caller has them at hand; empty: the
  /// store parses. They must equal the texts.
  std::vector<base::json::value> payloads = {};
};

/// A signed statement "the first `size` events have this Merkle root" (RFC 9162 section 2.1).
struct Checkpoint {
  std::uint64_t size = 0;
  std::int64_t time_us = 0;
  base::Digest root{};
  std::string signature;  // Ed25519 over the checkpoint's text, raw bytes; see merkle.h
};

/// Fills read models for one event; called in seq order, inside the append's transaction.
/// `payload` is the parsed Event::payload.
using Project =
    std::function<void(const Event& event, const base::json::value& payload, TableWriter& tables)>;

struct StoredReply {
  std::uint64_t last_seq = 0;
  std::string reply;
};

struct Snapshot {
  std::uint64_t seq = 0;  // state after this event
  std::string body;       // opaque to the store
};

/// Reads are thread-safe and see what is durable; writes are for one thread at a time. Failures of
/// the medium: `ledger.disk_full`, `ledger.write`, `ledger.read`, `ledger.busy`, `ledger.corrupt`.
class Store {
 public:
  virtual ~Store() = default;

  /// Appends a group: all commits or none, durable when it returns. The caller (the single writer)
  /// numbers the events: seq and version continue gaplessly, else `ledger.sequence`. Computes leaf
  /// hashes, extends the tree and writes one signed checkpoint. A repeated command_id fails the
  /// group with `ledger.command_repeated`. On any failure nothing has changed.
  virtual base::Status append(std::span<const Commit> group, const Project& project) = 0;

  /// append() under a checkpoint that exists already (an import): it is stored as it is, provided
  /// that it is the root after this group, else `ledger.root`. The signature is not looked at.
  virtual base::Status append_checkpointed(std::span<const Commit> group,
                                           const Checkpoint& checkpoint,
                                           const Project& project) = 0;

  /// Number of events, which is also the last seq.
  virtual std::uint64_t size() const = 0;
  /// Current version of a stream, 0 when it has no event.
  virtual base::Result<std::uint64_t> stream_version(std::string_view stream) const = 0;
  /// Visits events with seq >= from in order, at most `limit` (0: all); the visitor returns false
  /// to stop. The Event is only valid during the call.
  virtual base::Status read(std::uint64_t from, std::uint64_t limit,
                            const std::function<bool(const Event&)>& visit) const = 0;
  virtual base::Status read_stream(std::string_view stream,
                                   const std::function<bool(const Event&)>& visit) const = 0;
  /// The reply given when this command was accepted, if it was.
  virtual base::Result<std::optional<StoredReply>> find_command(
      std::string_view command_id) const = 0;
  /// Every accepted command in the order of acceptance, those without events too.
  virtual base::Status read_commands(
      const std::function<bool(std::string_view command_id, const StoredReply&)>& visit) const = 0;

  /// The leaf hash as stored for an event, for `verify`.
  virtual base::Status read_leaves(std::uint64_t from,
                                   const std::function<bool(const base::Digest&)>& visit) const = 0;
  virtual base::Result<std::vector<Checkpoint>> checkpoints(std::uint64_t from_size,
                                                            std::uint64_t limit) const = 0;
  virtual base::Result<std::optional<Checkpoint>> last_checkpoint() const = 0;

  /// Newest snapshot, if any; older ones may be dropped.
  virtual base::Result<std::optional<Snapshot>> snapshot() const = 0;
  virtual base::Status save_snapshot(const Snapshot& snapshot) = 0;
  virtual base::Status drop_snapshots() = 0;

  /// Small settings that are not facts: wrapped keys, the schema's number.
  virtual base::Result<std::optional<std::string>> get_setting(std::string_view key) const = 0;
  virtual base::Status put_setting(std::string_view key, std::string_view value) = 0;
  virtual base::Status erase_setting(std::string_view key) = 0;

  virtual const TableReader& tables() const = 0;
  /// Empties the read models and projects every event again, in one transaction.
  virtual base::Status rebuild_tables(const Project& project) = 0;
  /// The declared read models are not those that were filled: rebuild_tables() is due.
  virtual bool tables_stale() const = 0;
  virtual base::Status mark_tables_stale() = 0;
};

/// Signs a checkpoint's text; returns the raw signature. Handed in so that the store holds no key.
using Sign = std::function<std::string(std::string_view text)>;

struct StoreOptions {
  std::vector<TableSpec> tables;  // every pillar's read models
  Sign sign;                      // may be empty in tests: signatures are then empty
};

std::unique_ptr<Store> open_memory_store(StoreOptions options);
/// WAL, synchronous=FULL, one writer. `path` may be an SQLite URI ("file:…?vfs=…"). Fails with
/// `ledger.open`.
base::Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path,
                                                       StoreOptions options);

}  // namespace fulcrum::ledger

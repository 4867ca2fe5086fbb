#pragma once
// The single writer: authorise, decide, append (group commit, durable before the reply), evolve,
// publish. The only way to change anything.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "ledger/pillar.h"
#include "ledger/store.h"
#include "ledger/vault.h"

namespace fulcrum::control {

/// What an idempotency key stands for.
enum class KeyOf {
  kRequest,  // these very words: with another body the key is refused
  kDeed,     // something that is done once (a step, the end of a run) and may be told again with
             // figures measured anew, or by a process in another environment: the first told stays
};

struct CommandRequest {
  std::string name;                           // "job.submit"
  base::json::value body;                     // JSON object
  std::string actor;                          // "member/…", "service/runner"
  ledger::Role role = ledger::Role::kViewer;  // as established by authentication
  std::string idempotency_key;  // empty: a new id is made, the command is then not repeatable
  KeyOf key_of = KeyOf::kRequest;
};

struct CommandReply {
  std::uint64_t seq = 0;              // of its last event; 0 when it caused none
  std::vector<std::uint64_t> events;  // seqs
  std::vector<std::string> streams;   // of these events, same order
  bool repeated = false;              // this id was accepted before; nothing happened now
};

struct EngineOptions {
  std::size_t max_group_events = 1000;  // events committed together at most
  std::uint64_t snapshot_every_events = 100'000;
  const base::Clock* clock = &base::system_clock();
  std::uint64_t seed = 0;                   // 0: from the operating system
  std::int64_t read_window_us = 1'000'000;  // reads of data counted together, see record_read()
};

/// What the engine did since it was opened, for /metrics.
struct EngineCounters {
  std::uint64_t commands = 0;  // accepted and durable
  std::uint64_t repeated = 0;  // answered with an earlier reply
  std::uint64_t refused = 0;   // permission denied
  std::uint64_t rejected = 0;  // decide() said no, or the request was wrong
  std::uint64_t events = 0;    // appended
  std::uint64_t groups = 0;    // durable commits
  std::uint64_t failed_groups = 0;
  std::uint64_t largest_group_events = 0;
  std::uint64_t append_us = 0;     // spent in the store
  std::uint64_t waiting = 0;       // commands in the queue now
  std::uint64_t replayed = 0;      // events replayed when it was opened
  std::uint64_t snapshot_seq = 0;  // of the last snapshot written or read
};

/// The engine itself writes this event on stream "audit/ACTOR" when it denies a permission, for a
/// command or a query: {"command": "job.submit", "code": "permission.denied"}.
inline constexpr std::string_view kCommandRefused = "command.refused";
/// And this one for reads of data: {"what","subject","count","first_us","last_us"}.
inline constexpr std::string_view kAccessRecorded = "access.recorded";

/// Thread-safe. Owns the pillars and the store.
///
/// A query sees whole groups only, and only durable ones. An idempotency key that was used for
/// another command, by another actor, or (KeyOf::kRequest) with another body fails with
/// `command.key_reused`; the order of the body's members does not matter. When an event of kind
/// ledger::kSubjectErased is durable, the engine has the vault destroy that subject's key and
/// blanks the subject's texts in the pillars' states.
class Engine {
 public:
  virtual ~Engine() = default;

  /// Blocks until the command is durable or refused. Failures: `command.unknown`,
  /// `permission.denied` (refused), whatever decide() says, `ledger.*` for a failed group.
  virtual base::Result<CommandReply> submit(CommandRequest request) = 0;
  /// As submit(), but calls back on the writer's thread; for many commands in flight.
  virtual void submit_async(CommandRequest request,
                            std::function<void(base::Result<CommandReply>)> done) = 0;
  /// Reads under the shared state lock. `permission.denied` when role is too weak.
  virtual base::Result<base::json::value> query(std::string_view name,
                                                const base::json::value& parameters,
                                                const std::string& actor, ledger::Role role) = 0;

  /// Keeps in the ledger that `actor` read `subject` by `what`; query() does so itself for queries
  /// that read data, fronts call it for what is no query. The first such read of a window blocks
  /// until `access.recorded` on stream "audit/ACTOR" is durable, so that no answer leaves without
  /// evidence; where that fails nothing may be shown. Later reads of the same window are counted in
  /// memory and written together when it ends, within a second, and when the engine closes. A
  /// process that is killed thus loses at most how often something was read in its last second,
  /// never that it was read.
  virtual base::Status record_read(const std::string& actor, std::string_view what,
                                   std::string_view subject) = 0;

  /// Runs `use` with a pillar's state readable; keep it short, and call nothing of the engine in
  /// it.
  virtual void with_pillar(std::string_view pillar,
                           const std::function<void(const ledger::Pillar&)>& use) const = 0;
  virtual const std::vector<std::unique_ptr<ledger::Pillar>>& pillars() const = 0;
  virtual const ledger::Store& store() const = 0;
  /// Null when there is none.
  virtual ledger::SubjectVault* vault() const { return nullptr; }

  /// Blocks until seq > after or the time has passed; returns the current last seq. For streams.
  virtual std::uint64_t wait_for_events(std::uint64_t after, std::int64_t timeout_us) const = 0;
  /// Writes a snapshot now (shutdown, tests).
  virtual base::Status snapshot() = 0;
  /// Empties and refills the read models from the events.
  virtual base::Status rebuild() = 0;
  virtual EngineCounters counters() const { return {}; }
};

/// Replays from the last snapshot. A snapshot that does not fit is dropped and everything is
/// replayed. Read models whose declarations changed are rebuilt. `vault` may be null: personal
/// fields then stay plain; it may refer to `store`, since it is destroyed first. Fails with
/// `ledger.replay`. Commands still queued when the engine is destroyed are carried out first.
base::Result<std::unique_ptr<Engine>> open_engine(
    std::vector<std::unique_ptr<ledger::Pillar>> pillars, std::unique_ptr<ledger::Store> store,
    std::unique_ptr<ledger::SubjectVault> vault, EngineOptions options);

}  // namespace fulcrum::control

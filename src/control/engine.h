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

struct CommandRequest {
  std::string name;            // "job.submit"
  base::json::value body;      // JSON object
  std::string actor;           // "member/…", "service/runner"
  ledger::Role role = ledger::Role::kViewer;  // as established by authentication
  std::string idempotency_key; // empty: a new id is made, the command is then not repeatable
};

struct CommandReply {
  std::uint64_t seq = 0;                   // of its last event; 0 when it caused none
  std::vector<std::uint64_t> events;       // seqs
  std::vector<std::string> streams;        // of these events, same order
  bool repeated = false;                   // this id was accepted before; nothing happened now
};

struct EngineOptions {
  std::size_t max_group_events = 1000;     // events committed together at most
  std::uint64_t snapshot_every_events = 100'000;
  const base::Clock* clock = &base::system_clock();
  std::uint64_t seed = 0;                  // 0: from the operating system
};

/// Thread-safe. Owns the pillars and the store.
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

  /// Runs `use` with a pillar's state readable; keep it short.
  virtual void with_pillar(std::string_view pillar,
                           const std::function<void(const ledger::Pillar&)>& use) const = 0;
  virtual const std::vector<std::unique_ptr<ledger::Pillar>>& pillars() const = 0;
  virtual const ledger::Store& store() const = 0;

  /// Blocks until seq > after or the time has passed; returns the current last seq. For streams.
  virtual std::uint64_t wait_for_events(std::uint64_t after, std::int64_t timeout_us) const = 0;
  /// Writes a snapshot now (shutdown, tests).
  virtual base::Status snapshot() = 0;
  /// Empties and refills the read models from the events.
  virtual base::Status rebuild() = 0;
};

/// Replays from the last snapshot. A snapshot that does not fit is dropped and everything is
/// replayed. `vault` may be null: personal fields then stay plain. Fails with `ledger.replay`.
base::Result<std::unique_ptr<Engine>> open_engine(
    std::vector<std::unique_ptr<ledger::Pillar>> pillars, std::unique_ptr<ledger::Store> store,
    std::unique_ptr<ledger::SubjectVault> vault, EngineOptions options);

}  // namespace fulcrum::control

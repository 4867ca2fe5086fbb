#pragma once
// The pillars' states as one: evolve, project, snapshot, replay. Not thread-safe; the engine locks.
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "ledger/pillar.h"
#include "ledger/store.h"
#include "ledger/vault.h"

namespace fulcrum::control {

class EngineState {
 public:
  struct Found {
    const ledger::Pillar* pillar = nullptr;
    ledger::Role role = ledger::Role::kOwner;
    const ledger::QuerySpec* query = nullptr;
  };

  /// `vault` may be null. All must outlive this object.
  EngineState(std::vector<std::unique_ptr<ledger::Pillar>> pillars, ledger::SubjectVault* vault);

  const std::vector<std::unique_ptr<ledger::Pillar>>& pillars() const { return pillars_; }
  const ledger::Pillar* pillar(std::string_view name) const;
  /// pillar is null when there is no such command or query.
  Found find_command(std::string_view name) const;
  Found find_query(std::string_view name) const;

  void evolve(const ledger::Event& event, const base::json::value& payload);
  ledger::Project project() const;

  /// Forgets everything, restores the snapshot if it fits, and replays what follows it. Subjects
  /// whose erasure was replayed are added to `erased`. Fails with `ledger.replay`.
  base::Status load(ledger::Store& store, std::vector<std::string>& erased);
  /// All states, sealed and compressed.
  base::Result<std::string> save() const;
  /// Passes the states through seal and open, so that texts of erased subjects become "".
  base::Status blank_erased();

  std::int64_t last_time_us() const { return last_time_us_; }
  std::uint64_t replayed() const { return replayed_; }
  std::uint64_t snapshot_seq() const { return snapshot_seq_; }

 private:
  std::string shape() const;
  base::Result<base::json::value> save_json() const;
  base::Status restore_json(const base::json::value& saved);
  bool restore(const ledger::Snapshot& snapshot);
  void clear();

  std::vector<std::unique_ptr<ledger::Pillar>> pillars_;
  ledger::SubjectVault* vault_;
  std::unordered_map<std::string_view, Found> commands_, queries_;
  std::int64_t last_time_us_ = 0;
  std::uint64_t replayed_ = 0;
  std::uint64_t snapshot_seq_ = 0;
};

/// The subject of an erasure event, or "".
std::string erased_subject(const ledger::Event& event, const base::json::value& payload);

}  // namespace fulcrum::control

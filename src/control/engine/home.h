#pragma once
// A home: one folder, owner-only, that holds a team's ledger, objects and jobs. One process at a
// time holds it (flock on HOME/lock) and may serve HOME/engine.sock; others forward to that.
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "control/engine/engine.h"
#include "objects/store.h"

namespace fulcrum::control {

struct HomePaths {
  std::filesystem::path root;

  std::filesystem::path ledger() const { return root / "ledger.db"; }
  std::filesystem::path objects() const { return root / "objects"; }
  std::filesystem::path jobs() const { return root / "jobs"; }
  std::filesystem::path keys() const { return root / "keys"; }
  std::filesystem::path token() const { return root / "token"; }
  std::filesystem::path lock() const { return root / "lock"; }
  std::filesystem::path socket() const { return root / "engine.sock"; }
};

/// `option` (from --home) if not empty, else FULCRUM_HOME, else XDG_DATA_HOME/fulcrum, else
/// ~/.local/share/fulcrum. Absolute.
HomePaths find_home(std::string_view option);

/// The right to use a home; released when destroyed or when the process ends. Children do not
/// inherit it.
class HomeLock {
 public:
  HomeLock() = default;
  HomeLock(HomeLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  HomeLock& operator=(HomeLock&& other) noexcept;
  ~HomeLock();

 private:
  friend base::Result<HomeLock> lock_home(const HomePaths& paths);
  int file_ = -1;
};

/// Creates the folder (mode 0700) when it is missing. Fails at once with `home.locked` (conflict,
/// naming the holder's process id) or `home.open`.
base::Result<HomeLock> lock_home(const HomePaths& paths);

/// An open home; owns the engine and the objects. Thread-safe.
class Home {
 public:
  virtual ~Home() = default;
  virtual const HomePaths& paths() const = 0;
  virtual Engine& engine() = 0;
  virtual objects::Store& objects() = 0;
  /// The owner's bearer token as in HOME/token; the ledger has only its SHA-256.
  virtual const std::string& owner_token() const = 0;
};

/// Who the owner of a home is in the ledger.
inline constexpr std::string_view kOwnerActor = "member/owner";

/// Opens the ledger with every pillar, its keys (HOME/keys), and the objects. When HOME/token is
/// missing or no longer valid it makes a new owner's token (mode 0600) and records its hash; every
/// earlier owner's token of kOwnerActor stops then, the lost one among them.
/// Fails with `home.open`, `ledger.*`, `file.*`.
base::Result<std::unique_ptr<Home>> open_home(HomePaths paths, HomeLock lock,
                                              EngineOptions options = {});

}  // namespace fulcrum::control

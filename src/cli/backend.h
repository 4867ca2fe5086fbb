#pragma once
// Commands and queries, whether this process holds the home or another one serves it.
#include <memory>
#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "cli/session.h"

namespace fulcrum::cli {

class Backend {
 public:
  virtual ~Backend() = default;
  /// {"seq","events","streams"}; `key` as Idempotency-Key, empty: none. Fails as the engine does,
  /// with `server.needed` (refused) for a command that needs a living server, and with
  /// `server.unreachable`.
  virtual base::Result<base::json::value> command(const std::string& name,
                                                  const base::json::value& body,
                                                  const std::string& key) = 0;
  virtual base::Result<base::json::value> query(const std::string& name,
                                                const base::json::value& parameters) = 0;
  /// {"events":[…],"next"}
  virtual base::Result<base::json::value> ledger(std::uint64_t from, std::uint64_t limit) = 0;
  /// Number of events.
  virtual base::Result<std::uint64_t> ledger_size() = 0;
};

/// The home's lock; nullopt when another process holds it and answers on HOME/engine.sock. Waits up
/// to session.wait_s while it is held and not served. Fails with `home.*`.
base::Result<std::optional<control::HomeLock>> lock_or_served(const Session& session);

/// Takes the home's lock, or forwards to whoever holds it over HOME/engine.sock; waits up to
/// session.wait_s while it is held and not served. Fails with `home.*` and `ledger.*`.
base::Result<std::unique_ptr<Backend>> connect(const Session& session);

/// True when somebody listens on HOME/engine.sock.
bool is_served(const control::HomePaths& paths);

}  // namespace fulcrum::cli

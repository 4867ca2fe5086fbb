#pragma once
// Who is calling: a bearer token becomes an actor and a role.
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "control/engine/home.h"
#include "ledger/pillar.h"

namespace fulcrum::api {

struct Identity {
  std::string actor;  // "member/01J…", "service/runner"
  ledger::Role role = ledger::Role::kViewer;
};

/// Thread-safe.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// nullopt: nobody we know.
  virtual std::optional<Identity> identify(std::string_view token) const = 0;
};

/// Whoever may read the home's files.
Identity owner_identity();
/// The tokens that the trust pillar knows; `engine` and `clock` must outlive it.
std::unique_ptr<Authenticator> make_authenticator(const control::Engine& engine,
                                                  const base::Clock& clock = base::system_clock());

}  // namespace fulcrum::api

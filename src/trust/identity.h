#pragma once
// From a presented token to who is asking.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/pillar.h"
#include "trust/state.h"

namespace fulcrum::trust {

struct Identity {
  std::string actor;
  ledger::Role role = ledger::Role::kViewer;
  std::string token;  // public id
  bool operator==(const Identity&) const = default;
};

/// Who holds the token whose SHA-256 (lower-case hexadecimal) is given: nothing when it is
/// unknown, expired, revoked, or its actor's roles were taken away. The role is the weaker of the
/// token's and the actor's granted one. Look-up goes by the public id, the first 16 digits; the
/// whole hash is then compared in constant time, also when the id is unknown.
std::optional<Identity> authenticate(const State& state, std::string_view token_sha256,
                                     std::int64_t now_us);

/// The public id of the token with this hash.
std::string token_id(std::string_view token_sha256);

/// Time depends on the lengths alone.
bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace fulcrum::trust

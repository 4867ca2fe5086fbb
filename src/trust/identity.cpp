#include "trust/identity.h"

#include <algorithm>

namespace fulcrum::trust {

namespace {
constexpr std::size_t kIdDigits = 16;
}  // namespace

bool constant_time_equal(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

std::string token_id(std::string_view token_sha256) {
  return std::string(token_sha256.substr(0, kIdDigits));
}

std::optional<Identity> authenticate(const State& state, std::string_view token_sha256,
                                     std::int64_t now_us) {
  static const std::string kNoHash(64, '!');
  const std::string id = token_id(token_sha256);
  const auto found = state.tokens.find(id);
  const bool known = found != state.tokens.end();
  const bool same = constant_time_equal(known ? found->second.token_sha256 : kNoHash, token_sha256);
  if (!known || !same) return std::nullopt;
  const Token& token = found->second;
  if (token.revoked || token.expires_at_us <= now_us) return std::nullopt;
  ledger::Role role = to_role(token.role);
  if (const auto grant = state.grants.find(token.actor); grant != state.grants.end()) {
    if (grant->second.revoked) return std::nullopt;
    role = std::min(role, to_role(grant->second.role));
  }
  return Identity{token.actor, role, id};
}

}  // namespace fulcrum::trust

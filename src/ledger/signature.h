#pragma once
// Ed25519 (RFC 8032): checking a checkpoint's signature. Signing needs the private key and lives
// in src/trust.
#include <string_view>

namespace fulcrum::ledger {

/// False for a wrong signature and for a key that is not 32 bytes. Thread-safe.
bool signature_holds(std::string_view public_key, std::string_view text,
                     std::string_view signature);

}  // namespace fulcrum::ledger

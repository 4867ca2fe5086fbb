#pragma once
// AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce, and keyed hashes.
#include <optional>
#include <string>
#include <string_view>

namespace fulcrum::trust {

struct Sealed {
  std::string nonce;  // 12 bytes
  std::string text;   // ciphertext, then the 16-byte tag
};

/// `key` has 32 bytes. At most 2^32 uses of a key.
Sealed seal_bytes(std::string_view key, std::string_view plain, std::string_view associated);
/// Nothing when the key, the associated data or any bit differs.
std::optional<std::string> open_bytes(std::string_view key, const Sealed& sealed,
                                      std::string_view associated);

/// HMAC-SHA-256 (RFC 2104), 32 bytes.
std::string keyed_hash(std::string_view key, std::string_view text);

}  // namespace fulcrum::trust

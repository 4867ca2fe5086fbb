#pragma once
// SHA-256 (FIPS 180-4) through OpenSSL, and hexadecimal and base64 text.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fulcrum::base {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
/// Incremental hashing of one stream; not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  /// Starts over.
  void reset();
  void update(std::string_view bytes);
  Digest finish();

 private:
  void* context_;
};

std::string to_hex(std::string_view bytes);
std::string to_hex(const Digest& digest);
std::string sha256_hex(std::string_view bytes);
/// Fails with `hex.syntax`.
Result<std::string> from_hex(std::string_view text);
std::string to_base64(std::string_view bytes);
/// Fails with `base64.syntax`.
Result<std::string> from_base64(std::string_view text);

}  // namespace fulcrum::base

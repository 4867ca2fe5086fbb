#pragma once
// Time-ordered ids (ULID: 48 bits of milliseconds, 80 random bits, Crockford base 32, 26
// characters). Time order keeps database indexes append-only.
#include <cstdint>
#include <string>

#include "base/random.h"

namespace fulcrum::base {

/// Hands out strictly increasing ids; not thread-safe.
class IdSource {
 public:
  explicit IdSource(std::uint64_t seed) : random_(seed) {}
  /// Seeded from the operating system.
  static IdSource system();
  std::string next(std::int64_t now_us);

 private:
  Random random_;
  std::uint64_t last_ms_ = 0;
  std::uint16_t high_ = 0;  // upper 16 of the 80 random bits
  std::uint64_t low_ = 0;   // lower 64
};

}  // namespace fulcrum::base

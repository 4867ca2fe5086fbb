#pragma once
// Randomness as a port. A seeded generator replays exactly on every platform: no std::
// distribution is used, since their results differ between libraries.
#include <cstdint>
#include <string_view>

namespace fulcrum::base {

/// xoshiro256** (Blackman & Vigna 2018), seeded by SplitMix64. Not for secrets; see secure_random.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  std::uint64_t next();
  /// Uniform in [0, 1).
  double uniform();
  /// Uniform in [0, bound), bound > 0, without modulo bias.
  std::uint64_t below(std::uint64_t bound);
  /// Standard normal (Box–Muller).
  double normal();

 private:
  std::uint64_t state_[4];
};

/// Fills `size` bytes from the operating system's generator.
void secure_random(void* bytes, std::size_t size);

}  // namespace fulcrum::base

#pragma once
// A keyed permutation of [0, n) with random access: the order of an epoch without a table of it.
//
// A Feistel network on Z_a x Z_b (Black and Rogaway, "Ciphers with Arbitrary Finite Domains",
// CT-RSA 2002, generalised Feistel with cycle walking): a = ceil(sqrt n), made even
// (else all orders would have one parity), b = ceil(n / a), so that the domain exceeds n by less
// than a, and a walk of more than one step is rare. Ten rounds, and 32 where n < 4096, since a
// round of few values mixes little; the round function is a 64-bit mixer under a round key. For
// shuffling, not for secrets.
#include <array>
#include <cstdint>

namespace fulcrum::data::serving {

/// What an order depends on, as 128 bits.
struct OrderKey {
  std::uint64_t high = 0, low = 0;
  friend bool operator==(const OrderKey&, const OrderKey&) = default;
};

/// The same key and size give the same permutation on every platform and in every release. Making
/// one costs some nanoseconds, at() and inverse() O(1). Safe to share between threads.
class Permutation {
 public:
  /// `size` may be 0; then nothing may be asked.
  Permutation(std::uint64_t size, OrderKey key);
  /// `index` < size.
  std::uint64_t at(std::uint64_t index) const;
  /// at(inverse(value)) == value.
  std::uint64_t inverse(std::uint64_t value) const;
  std::uint64_t size() const { return size_; }

 private:
  static constexpr int kMostRounds = 32;
  std::uint64_t forward(std::uint64_t value) const;
  std::uint64_t backward(std::uint64_t value) const;

  std::uint64_t size_, rows_, columns_;  // rows_ * columns_ >= size_
  int rounds_;                           // even
  std::array<std::uint64_t, kMostRounds> keys_;
};

}  // namespace fulcrum::data::serving

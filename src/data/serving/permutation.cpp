#include "data/serving/permutation.h"

#include <cmath>

namespace fulcrum::data::serving {

namespace {

/// A bijective mixer: two multiplications by odd constants between shifts (the finaliser of
/// MurmurHash3, public domain).
std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33);
}

/// A hash scaled to [0, bound); off from uniform by at most bound / 2^64.
std::uint64_t scaled(std::uint64_t hash, std::uint64_t bound) {
  return static_cast<std::uint64_t>((static_cast<unsigned __int128>(hash) * bound) >> 64);
}

std::uint64_t ceil_sqrt(std::uint64_t n) {
  auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(n)));
  while (root > 0 && static_cast<unsigned __int128>(root) * root >= n) --root;
  while (static_cast<unsigned __int128>(root) * root < n) ++root;
  return root;
}

}  // namespace

Permutation::Permutation(std::uint64_t size, OrderKey key)
    : size_(size),
      rows_(size == 0 ? 1 : ceil_sqrt(size) + ceil_sqrt(size) % 2),
      columns_(size == 0 ? 1 : (size - 1) / rows_ + 1),
      rounds_(size < 4096 ? kMostRounds : 10) {
  std::uint64_t state = key.high;
  for (int round = 0; round < rounds_; ++round) {
    state += 0x9e3779b97f4a7c15ULL;  // SplitMix64's step
    keys_[round] = mix(mix(state) ^ key.low);
  }
}

std::uint64_t Permutation::forward(std::uint64_t value) const {
  std::uint64_t left = value % rows_, right = value / rows_;
  for (int round = 0; round < rounds_; round += 2) {
    left += scaled(mix(right ^ keys_[round]), rows_);
    if (left >= rows_) left -= rows_;
    right += scaled(mix(left ^ keys_[round + 1]), columns_);
    if (right >= columns_) right -= columns_;
  }
  return right * rows_ + left;
}

std::uint64_t Permutation::backward(std::uint64_t value) const {
  std::uint64_t left = value % rows_, right = value / rows_;
  for (int round = rounds_ - 2; round >= 0; round -= 2) {
    const std::uint64_t right_by = scaled(mix(left ^ keys_[round + 1]), columns_);
    right = right >= right_by ? right - right_by : right + columns_ - right_by;
    const std::uint64_t left_by = scaled(mix(right ^ keys_[round]), rows_);
    left = left >= left_by ? left - left_by : left + rows_ - left_by;
  }
  return right * rows_ + left;
}

std::uint64_t Permutation::at(std::uint64_t index) const {
  std::uint64_t value = forward(index);
  while (value >= size_) value = forward(value);
  return value;
}

std::uint64_t Permutation::inverse(std::uint64_t value) const {
  std::uint64_t index = backward(value);
  while (index >= size_) index = backward(index);
  return index;
}

}  // namespace fulcrum::data::serving

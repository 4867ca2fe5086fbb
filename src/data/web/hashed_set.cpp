#include "data/web/hashed_set.h"

#include <algorithm>
#include <cstring>

namespace fulcrum::data::web {

namespace {

constexpr std::size_t kBuckets = 1U << 16;

/// The finisher of MurmurHash3 (public domain): every bit of the input changes half of the output.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ x >> 33) * 0xFF51AFD7ED558CCDULL;
  x = (x ^ x >> 33) * 0xC4CEB9FE1A85EC53ULL;
  return x ^ x >> 33;
}

}  // namespace

std::uint64_t HashedSet::hash_of(std::string_view text) {
  std::uint64_t hash = 0x9E3779B97F4A7C15ULL ^ text.size();
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min<std::size_t>(text.size(), 8);
    std::memcpy(&word, text.data(), size);
    hash = mixed(hash ^ word) + 0x9E3779B97F4A7C15ULL;
    text.remove_prefix(size);
  }
  return mixed(hash);
}

void HashedSet::seal() {
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  hashes_.shrink_to_fit();
  begins_.assign(kBuckets + 1, 0);
  for (const std::uint64_t hash : hashes_) ++begins_[(hash >> 48) + 1];
  for (std::size_t i = 0; i < kBuckets; ++i) begins_[i + 1] += begins_[i];
}

bool HashedSet::has(std::string_view text) const {
  if (hashes_.empty()) return false;
  const std::uint64_t hash = hash_of(text);
  const auto begin = hashes_.begin() + begins_[hash >> 48];
  const auto end = hashes_.begin() + begins_[(hash >> 48) + 1];
  return std::binary_search(begin, end, hash);
}

}  // namespace fulcrum::data::web

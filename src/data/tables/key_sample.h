#pragma once
// Counts of pairs (key, value) in bounded memory, for uniqueness, distinct values and dependencies.
// Keys are hashed; while more than kMostPairs pairs are there, only keys whose hash ends in one
// more zero bit stay, with all that belongs to them. So the kept part depends on the data alone:
// any split and order of it merges to the same (the idea of distinct sampling, Gibbons 2001).
#include <cstdint>
#include <map>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::data::tables {

/// 64 bits, the same on every machine and in every version. FNV-1a with SplitMix64's finish.
std::uint64_t stable_hash(std::string_view text, std::uint64_t seed = 0);

class KeySample {
 public:
  static constexpr std::size_t kMostPairs = std::size_t{1} << 20;

  void add(std::uint64_t key, std::uint64_t value, std::int64_t count);
  void merge(const KeySample& other);
  /// Each kept key stands for 2^level; 0: nothing was left out.
  int level() const { return level_; }
  /// Estimates; exact at level 0.
  std::int64_t distinct_keys() const;
  std::int64_t repeated() const;  // occurrences beyond the first of each key
  std::int64_t minority() const;  // occurrences of a key with another value than its commonest
  bool operator==(const KeySample&) const = default;

  base::json::value to_json() const;
  /// Fails with `checks.state`.
  static base::Result<KeySample> from_json(const base::json::value& value);

 private:
  void shrink();
  bool is_kept(std::uint64_t key) const { return (key & ((1ULL << level_) - 1)) == 0; }
  int level_ = 0;
  std::size_t pairs_ = 0;
  std::map<std::uint64_t, std::map<std::uint64_t, std::int64_t>> counts_;
};

}  // namespace fulcrum::data::tables

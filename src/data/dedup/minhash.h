#pragma once
// MinHash signatures (Broder 1997) and the keys of their bands (LSH: Leskovec, Rajaraman, Ullman,
// Mining of Massive Datasets, ch. 3). Two sets of Jaccard similarity s share a band with
// probability 1 - (1 - s^rows)^bands.
#include <cstdint>
#include <vector>

#include "data/dedup/shingles.h"

namespace fulcrum::data::dedup {

/// bands * rows minima of the functions a * x + b modulo 2^32 over mixed 32-bit hashes. Immutable;
/// thread-safe.
class MinHash {
 public:
  explicit MinHash(const MinHashSettings& settings);

  /// Appends one key a band. Repeats among the shingles do not matter.
  void append_band_keys(const std::vector<Shingle>& shingles,
                        std::vector<std::uint64_t>& keys) const;
  /// bands * rows minima; all ones for an empty set.
  std::vector<std::uint32_t> signature(const std::vector<Shingle>& shingles) const;
  unsigned bands() const { return bands_; }

 private:
  unsigned bands_, rows_;
  std::vector<std::uint32_t> factors_, offsets_;  // padded to whole groups of lanes
};

}  // namespace fulcrum::data::dedup

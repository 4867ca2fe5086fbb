#pragma once
// A text as a set of hashed shingles: runs of `size` words (settings.h, Units).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/dedup/settings.h"
#include "data/text/words.h"

namespace fulcrum::data::dedup {

/// 32 bits a shingle: for sets of n and m shingles, n * m / 2^32 of them agree by chance, which
/// moves a Jaccard similarity by less than m / 2^32.
using Shingle = std::uint32_t;

/// Scratch of one thread.
class Shingler {
 public:
  explicit Shingler(ShingleSettings settings) : settings_(settings) {}

  /// The shingles in the order of the text, repeats included. A text of fewer than `size` words is
  /// one shingle; one without words has none. Linear time.
  void shingles(std::string_view text, std::vector<Shingle>& out);

 private:
  void split_at_spaces(std::string_view text, bool knows_scripts);
  void split_characters(std::string_view text);
  void split_dictionary(std::string_view text);

  ShingleSettings settings_;
  std::vector<std::uint64_t> words_;  // hashes
  std::vector<text::Word> found_;
};

/// Sorted, each once.
void make_set(std::vector<Shingle>& shingles);
/// |a ∩ b| / |a ∪ b| of sorted sets; 1 when both are empty.
double jaccard(const Shingle* a, std::size_t a_size, const Shingle* b, std::size_t b_size);

}  // namespace fulcrum::data::dedup

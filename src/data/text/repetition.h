#pragma once
// How much of a text says the same thing twice: the measures of Gopher's table A1 (arXiv
// 2112.11446) as datatrove computes them, so that its published thresholds mean the same here.
#include <cstdint>
#include <string_view>
#include <vector>

#include "data/text/words.h"

namespace fulcrum::data::text {

/// Elements seen before in a list, and their length in code points.
struct Duplicates {
  std::size_t elements = 0, chars = 0, total = 0;  // total: elements in the list
};

/// A set of 64-bit keys that forgets in constant time per key; reused to spare allocations.
class KeySet {
 public:
  /// Empties it and makes room for `keys`.
  void reset(std::size_t keys);
  /// False when it was there.
  bool insert(std::uint64_t key);

 private:
  std::vector<std::uint64_t> slots_;
  std::size_t mask_ = 0;
};

/// Counts keys and remembers where each was first seen.
class KeyCounts {
 public:
  struct Top {
    std::uint32_t count = 0, first = 0;
  };
  void reset(std::size_t keys);
  /// Returns whether it was there.
  bool add(std::uint64_t key, std::uint32_t position);
  /// The most frequent key; of equals the one seen first.
  Top top() const { return top_; }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t count = 0, first = 0;
  };
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  Top top_;
};

/// Scratch of one thread: measures one text after another. Hashes are 61 and 64 bits wide, and
/// equal hashes count as equal text. Positions are word indices.
class Repetition {
 public:
  /// Lines or paragraphs that came before.
  Duplicates duplicates(const std::vector<std::string_view>& elements);

  /// What the following two work on; the arguments must outlive them.
  void begin_words(std::string_view text, const std::vector<Word>& words);
  /// Code points of the most frequent n-gram (words joined by a blank) times its count; 0 when
  /// there are fewer than n words.
  std::size_t top_ngram_chars(std::size_t n);
  /// Code points of the words that lie in n-grams (words joined by a blank) that came before. What
  /// duplicate_ngram_chars() finds for longer n-grams is never more.
  std::size_t repeated_ngram_chars(std::size_t n);
  /// Code points in n-grams (words joined by nothing) that came before, found from left to right, a
  /// found one skipped whole. Where no n-gram came twice, longer ones are taken for distinct.
  std::size_t duplicate_ngram_chars(std::size_t n);

 private:
  std::uint64_t key_of(std::size_t from, std::size_t n) const;
  std::uint64_t span_hash(std::size_t from, std::size_t to) const;
  void begin_spans();

  std::string_view text_;
  const std::vector<Word>* words_ = nullptr;
  bool has_spans_ = false;  // prefix_ and bytes_before_ hold
  std::vector<std::uint64_t> word_keys_, prefix_, powers_;
  std::vector<std::uint32_t> chars_before_, bytes_before_;
  std::size_t distinct_from_ = 0;  // n-grams of this size and longer are distinct; 0: not known
  KeySet set_;
  KeyCounts counts_;
};

}  // namespace fulcrum::data::text

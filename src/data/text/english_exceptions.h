#pragma once
// English words that the general rules would split wrongly: contractions, abbreviations, clock
// times.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fulcrum::data::text {

/// Lengths in bytes of the pieces that a whole word falls into; 0 ends the list.
using Pieces = std::array<std::uint8_t, 4>;

/// nullptr: no exception. Thread-safe.
const Pieces* english_exception(std::string_view word);

/// A quick look that says no for most words that are no exception. Cheap to make and copy.
class ExceptionGlance {
 public:
  ExceptionGlance();
  /// `word` is not empty.
  bool may_be(std::string_view word) const {
    const std::size_t bit = slot(word);
    return bits_[bit / 64] >> (bit % 64) & 1;
  }
  static std::size_t slot(std::string_view word) {
    const auto at = [&](std::size_t i) { return static_cast<std::size_t>(word[i] & 0xFF); };
    return (at(0) * 2311 + at(word.size() - 1) * 113 + at(word.size() / 2) * 17 + word.size()) &
           (kSlots - 1);
  }
  static constexpr std::size_t kSlots = 1U << 15;

 private:
  const std::uint64_t* bits_;
};

}  // namespace fulcrum::data::text

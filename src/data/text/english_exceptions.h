#pragma once
// English words that the general rules would split wrongly: contractions, abbreviations, clock
// times.
#include <array>
#include <cstdint>
#include <string_view>

namespace fulcrum::data::text {

/// Lengths in bytes of the pieces that a whole word falls into; 0 ends the list.
using Pieces = std::array<std::uint8_t, 4>;

/// nullptr: no exception. Thread-safe.
const Pieces* english_exception(std::string_view word);
/// False for most words that are none: a look at two bytes and the length.
bool may_be_exception(std::string_view word);

}  // namespace fulcrum::data::text

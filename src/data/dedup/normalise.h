#pragma once
// One form for texts that look the same. Pure.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "data/dedup/settings.h"

namespace fulcrum::data::dedup {

struct Hash128 {
  std::uint64_t high = 0, low = 0;
  auto operator<=>(const Hash128&) const = default;
};

/// The text itself where it is in that form already, else a view into `scratch`. `text` is UTF-8;
/// ill-formed sequences become U+FFFD at most. Thread-safe.
std::string_view normalise(std::string_view text, const Normalisation& settings,
                           std::string& scratch);

/// Runs of white space become one blank, none at the ends.
void collapse_spaces(std::string_view text, std::string& out);

/// Of any bytes (XXH3).
Hash128 hash128(std::string_view bytes);

}  // namespace fulcrum::data::dedup

#pragma once
// Bytes that stand twice, by a suffix array (Lee et al. 2022, arXiv 2107.06499, section 4.1). Pure.
#include <cstdint>
#include <string_view>
#include <vector>

namespace fulcrum::data::dedup {

/// Stands between documents; no byte of UTF-8.
inline constexpr char kSeparator = '\xFF';
/// Memory that repeated_windows() takes for each byte of text, the text included.
inline constexpr std::size_t kSuffixBytes = 5;

/// For every position, whether the `window` bytes that begin there begin at an earlier position
/// too. Windows that hold a kSeparator never do. `text` is below 2 GiB.
std::vector<bool> repeated_windows(std::string_view text, std::size_t window);

}  // namespace fulcrum::data::dedup

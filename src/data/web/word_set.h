#pragma once
// Whether a block's words stand in another text: four words in a row, as hashes.
#include <cstdint>
#include <string_view>
#include <vector>

namespace fulcrum::data::web {

/// Words are runs of letters and digits without regard to case, or single characters of East Asian
/// scripts. Two texts may agree by chance in one of 2^32 fours of words.
class WordFours {
 public:
  explicit WordFours(std::string_view text);
  /// The share of the text's fours that are in the set; 0 for a text of less than four words.
  float share_of(std::string_view text) const;

 private:
  std::vector<std::uint32_t> slots_;  // 0: free
  std::size_t mask_ = 0;
};

}  // namespace fulcrum::data::web

#pragma once
// Many words and phrases looked for at once (Aho and Corasick 1975), without regard to case and to
// how blanks are written. A phrase that begins or ends with a letter or digit stands alone there,
// as English words do; scripts without blanks (Chinese, Japanese, Thai) match anywhere.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fulcrum::data::text {

/// Immutable; shared by all threads.
class PhraseSet {
 public:
  /// Empty phrases are passed over.
  explicit PhraseSet(const std::vector<std::string>& phrases);

  bool empty() const { return phrases_ == 0; }
  bool is_in(std::string_view text) const { return count(text, 1) > 0; }
  /// How often any of them stands in the text, up to `most`.
  std::size_t count(std::string_view text, std::size_t most) const;

 private:
  using Node = std::uint32_t;
  struct Goal {
    std::uint32_t bytes = 0;  // of the phrase that ends here; 0: none
    Node shorter = 0;         // the next node up that ends one
    bool alone_before = false, alone_behind = false;
  };

  void add(std::string_view folded);
  void link();
  Node step(Node from, unsigned char byte) const;
  bool stands(std::string_view text, std::size_t end, const Goal& goal) const;

  std::size_t phrases_ = 0;
  std::array<Node, 256> first_{};                 // from the root
  std::unordered_map<std::uint64_t, Node> next_;  // node and byte
  std::vector<Node> back_;                        // where to go on after a mismatch
  std::vector<Goal> goals_;
};

/// Simple case folding; runs of white space become one blank.
std::string folded(std::string_view text);

}  // namespace fulcrum::data::text

#pragma once
// A set of strings that are never read back: eight bytes each.
#include <cstdint>
#include <string_view>
#include <vector>

namespace fulcrum::data::web {

/// Add all, seal, ask. Of a million strings that are not in it, fewer than 10^-6 are taken for
/// members of a set of five million. Reading is thread-safe after seal().
class HashedSet {
 public:
  void add(std::string_view text) { hashes_.push_back(hash_of(text)); }
  void seal();
  bool has(std::string_view text) const;
  std::size_t size() const { return hashes_.size(); }  // after seal(), without repetitions
  std::size_t bytes() const {
    return hashes_.capacity() * sizeof(std::uint64_t) + begins_.capacity() * sizeof(std::uint32_t);
  }

 private:
  static std::uint64_t hash_of(std::string_view text);
  std::vector<std::uint64_t> hashes_;  // ascending
  std::vector<std::uint32_t> begins_;  // by the first 16 bits
};

}  // namespace fulcrum::data::web

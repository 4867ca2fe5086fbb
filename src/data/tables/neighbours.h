#pragma once
// Values near a text by edit distance, without comparing it to all.
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/tables/table.h"

namespace fulcrum::data::tables {

struct Neighbour {
  Code code = 0;
  std::uint32_t distance = 0;
};

/// Short values are found through the texts that remain when one or two bytes are deleted; longer
/// ones through shared runs of three bytes. Bounded work: a run that thousands of values have leads
/// to none of them. The column must outlive it. Thread-compatible.
class NeighbourIndex {
 public:
  NeighbourIndex(const Column& column, const std::vector<Code>& codes);
  /// Other values within edit_limit(); nearest first, at most 16.
  std::vector<Neighbour> near(std::string_view text) const;

 private:
  static constexpr std::size_t kShort = 9;
  void add_candidates(std::string_view text, std::vector<Code>& candidates) const;
  const Column& column_;
  std::unordered_map<std::uint64_t, std::vector<Code>> deletions_;
  std::unordered_map<std::uint32_t, std::vector<Code>> runs_;
};

}  // namespace fulcrum::data::tables

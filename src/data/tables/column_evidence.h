#pragma once
// One column's evidence, by detector and row, as it is combined and learnt from.
#include <array>
#include <vector>

#include "data/tables/detector.h"

namespace fulcrum::data::tables {

/// Everything all detectors said; duplicates apart.
using AllEvidence = std::vector<Evidence>;  // by detector

class ColumnEvidence {
 public:
  ColumnEvidence(const Table& table, std::size_t column, const AllEvidence& all);

  /// Evidence of one detector for one row; 0 where it said nothing.
  float of(std::size_t detector, std::size_t row) const {
    return said_[detector].empty() ? 0 : said_[detector][row];
  }
  bool speaks(std::size_t detector) const { return !said_[detector].empty(); }
  /// Log odds that the cell is wrong, from the prior and all families.
  double combined(std::size_t row) const;
  /// The detector that speaks loudest against the cell, or -1.
  int loudest(std::size_t row) const;

 private:
  std::vector<std::vector<float>> said_;
};

/// What may stand in a cell instead.
struct Suggestion {
  TextId text = kNoText;
  float trust = 0;
};
/// By row: the best suggestion that any detector makes.
std::vector<Suggestion> suggestions_of(const Table& table, std::size_t column,
                                       const AllEvidence& all);
/// By row: what the detector says beside its evidence.
std::vector<TextId> details_of(const Table& table, std::size_t column, const Evidence& evidence);

}  // namespace fulcrum::data::tables

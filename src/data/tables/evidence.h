#pragma once
// What detectors say of cells. Evidence is a logarithm of odds in favour of "wrong", so that what
// several detectors say adds up; a cell nobody speaks of has prior odds (kPriorError).
#include <cmath>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "data/tables/table.h"

namespace fulcrum::data::tables {

inline constexpr double kPriorError = 0.02;

inline double logit(double p) {
  return std::log(p / (1 - p));
}
inline double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}
/// The evidence that alone makes a cell wrong with this probability.
inline float evidence_for(double confidence) {
  return static_cast<float>(logit(confidence) - logit(kPriorError));
}

using TextId = std::uint32_t;
inline constexpr TextId kNoText = 0xFFFFFFFFU;

/// Texts that are kept once each. add() is thread-safe; text() is, once nobody adds any more.
class TextPool {
 public:
  TextId add(std::string_view text);
  const std::string& text(TextId id) const { return *texts_[id]; }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, TextId> ids_;
  std::vector<const std::string*> texts_;
};

struct Mark {
  std::uint32_t at = 0;  // row or code
  float evidence = 0;    // negative: speaks for the cell
  TextId suggestion = kNoText;
  float trust = 0;          // that the suggestion is the right value, given that the cell is wrong
  TextId detail = kNoText;  // which rule, which neighbour
};

/// Two rows that are one thing.
struct DuplicateRow {
  std::uint32_t row = 0, first = 0;
  float similarity = 1;
};

/// What one detector found, by column: of values (all their rows) and of single cells.
struct Evidence {
  std::vector<std::vector<Mark>> values, cells;
  std::vector<DuplicateRow> duplicates;
  explicit Evidence(std::size_t columns = 0) : values(columns), cells(columns) {}
};

}  // namespace fulcrum::data::tables

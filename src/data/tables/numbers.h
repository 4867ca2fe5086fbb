#pragma once
// The numbers of a column, once each, for what judges by size.
#include <vector>

#include "data/tables/column_type.h"
#include "data/tables/evidence.h"

namespace fulcrum::data::tables {

struct NumberValue {
  double number = 0;
  std::uint32_t rows = 0;
  Code code = 0;
};
/// Ascending; empty for columns that hold no measurements (codes, ids, fewer than 8 values).
std::vector<NumberValue> numbers_of(const Column& column, const ColumnType& type);

/// Expected depth at which random cuts part each of `numbers` from the rest, as the anomaly score
/// 2^(-depth / c(psi)) of an isolation forest (Liu, Ting & Zhou 2008): `trees` trees over samples
/// of `psi` rows.
std::vector<double> forest_scores(const std::vector<NumberValue>& numbers, int trees,
                                  std::size_t psi, std::uint64_t seed);

}  // namespace fulcrum::data::tables

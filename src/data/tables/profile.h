#pragma once
// What a table is like: schema, distributions, missingness, outliers, dependencies. Pure.
#include <string>
#include <vector>

#include "data/tables/column_type.h"
#include "data/tables/dependencies.h"
#include "data/tables/detect.h"

namespace fulcrum::data::tables {

struct ValueCount {
  std::string value;
  std::size_t rows = 0;
};
struct Bin {
  double from = 0, to = 0;
  std::size_t rows = 0;
};

struct ColumnProfile {
  std::string name;
  ColumnType type;
  std::size_t filled = 0;
  /// Of numbers and moments, as written; of other columns the first and last in order of bytes, and
  /// the commonest for the median.
  std::string least, median, most;
  std::vector<ValueCount> top;  // the five commonest
  /// Twenty equal bins between the 0.5 % and the 99.5 % quantile; what lies outside is in the outer
  /// ones. Numbers only.
  std::vector<Bin> bins;
  std::size_t outliers = 0;  // numbers outside Tukey's outer fences (3 interquartile ranges)
  std::size_t findings = 0;
};

struct TableProfile {
  std::size_t rows = 0, duplicate_rows = 0, ragged_rows = 0, findings = 0;
  std::vector<ColumnProfile> columns;
  std::vector<DependencyFit> dependencies;  // that the table shows itself, strongest first
};

TableProfile profile_of(const Table& table, const Detection& detection);

}  // namespace fulcrum::data::tables

#pragma once
// Missing values filled, or their rows dropped, by what the other rows say. Learning and applying
// are apart, so that a streaming operator can learn from a sample and fill record by record.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/tables/column_type.h"

namespace fulcrum::data::tables {

enum class ImputeMethod { kDrop, kConstant, kMedian, kGroup, kRegression };

struct ImputeOptions {
  std::string column;
  ImputeMethod method = ImputeMethod::kMedian;
  std::string value;            // constant
  std::vector<std::string> by;  // group: columns that are equal; regression: numeric predictors
  std::size_t least_group = 3;  // rows a group needs; smaller ones take the whole column's answer
};

/// A cell of the record at hand, by column.
using CellOf = std::function<std::string_view(std::string_view column)>;

class Imputer {
 public:
  /// Median: of numbers and moments; the commonest value of other columns. Regression: least
  /// squares with an intercept; rows that lack a predictor take the median. Fails with
  /// `table.column` and `impute.settings` (no predictor or group, a predictor or target without
  /// numbers, fewer filled rows than predictors).
  static base::Result<Imputer> learn(const Table& table, const ImputeOptions& options);

  bool drops() const { return options_.method == ImputeMethod::kDrop; }
  const ImputeOptions& options() const { return options_; }
  /// What to put into a record's missing cell; numbers keep the column's unit and decimals. Nothing
  /// when the column has no filled row to learn from.
  std::optional<std::string> fill(const CellOf& cell) const;

 private:
  std::string number_text(double number) const;
  ImputeOptions options_;
  std::optional<std::string> middle_;
  std::map<std::vector<std::string>, std::string> groups_;
  std::vector<double> weights_;  // intercept first
  std::string before_, after_;
  int decimals_ = 0;
};

struct Imputed {
  Table table;
  std::size_t filled = 0, dropped = 0;
  std::vector<std::uint32_t> rows;  // of the old table, that were filled or dropped
};
/// Applies to the rows whose cell is empty or a word for nothing. Order is kept.
base::Result<Imputed> impute(const Table& table, const ImputeOptions& options);

}  // namespace fulcrum::data::tables

#include "data/tables/impute.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace fulcrum::data::tables {

namespace {

base::Failure mistake(std::string message, std::string fix) {
  return base::usage("impute.settings", std::move(message), "impute", std::move(fix));
}

/// The value in the middle by size, as written, or the commonest one.
std::optional<std::string> middle_of(std::map<std::string, std::size_t> values, bool by_size) {
  std::size_t rows = 0;
  for (const auto& [value, count] : values) rows += count;
  if (rows == 0) return std::nullopt;
  if (!by_size) {
    const auto best =
        std::max_element(values.begin(), values.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return best->first;
  }
  std::vector<std::pair<double, const std::pair<const std::string, std::size_t>*>> sized;
  for (const auto& value : values) {
    const auto quantity = parse_quantity(value.first);
    const auto moment = parse_moment(value.first);
    if (moment && moment->seconds)
      sized.emplace_back(*moment->seconds, &value);
    else if (quantity)
      sized.emplace_back(quantity->number, &value);
  }
  std::sort(sized.begin(), sized.end());
  std::size_t all = 0, seen = 0;
  for (const auto& [size, value] : sized) all += value->second;
  for (const auto& [size, value] : sized)
    if ((seen += value->second) * 2 >= all) return value->first;
  return std::nullopt;
}

/// Solves a positive definite system in place by Cholesky; a little is added to the diagonal.
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) a[i][i] += 1e-9 * (1 + a[i][i]);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < j; ++k) a[j][j] -= a[j][k] * a[j][k];
    a[j][j] = std::sqrt(std::max(a[j][j], 1e-300));
    for (std::size_t i = j + 1; i < n; ++i) {
      for (std::size_t k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
      a[i][j] /= a[j][j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

/// Least squares of the last column on the others; columns that do not vary get no weight.
base::Result<std::vector<double>> regress(const std::vector<std::vector<double>>& rows,
                                          std::size_t predictors) {
  if (rows.size() < predictors + 2)
    return mistake("too few rows have the value and all predictors",
                   "name fewer predictors, or use median");
  // Centred and scaled, so that sizes do not matter.
  std::vector<double> mean(predictors + 1, 0), scale(predictors + 1, 0);
  const auto count = static_cast<double>(rows.size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i <= predictors; ++i) mean[i] += row[i] / count;
  for (const auto& row : rows)
    for (std::size_t i = 0; i <= predictors; ++i)
      scale[i] += (row[i] - mean[i]) * (row[i] - mean[i]) / count;
  for (double& one : scale) one = one > 0 ? std::sqrt(one) : 1;
  std::vector<std::vector<double>> a(predictors, std::vector<double>(predictors, 0));
  std::vector<double> b(predictors, 0);
  const auto z = [&](const std::vector<double>& row, std::size_t i) {
    return (row[i] - mean[i]) / scale[i];
  };
  for (const auto& row : rows)
    for (std::size_t i = 0; i < predictors; ++i) {
      b[i] += z(row, i) * z(row, predictors) / count;
      for (std::size_t j = 0; j < predictors; ++j) a[i][j] += z(row, i) * z(row, j) / count;
    }
  const auto slopes = solve(std::move(a), std::move(b));
  std::vector<double> weights{mean[predictors]};
  for (std::size_t i = 0; i < predictors; ++i) {
    weights.push_back(slopes[i] * scale[predictors] / scale[i]);
    weights[0] -= weights.back() * mean[i];
  }
  return weights;
}

}  // namespace

base::Result<Imputer> Imputer::learn(const Table& table, const ImputeOptions& options) {
  Imputer imputer;
  imputer.options_ = options;
  TRY(const std::size_t target, need_column(table, options.column, "impute.column"));
  std::vector<std::size_t> by;
  for (const auto& name : options.by) {
    TRY(const std::size_t at, need_column(table, name, "impute.by"));
    by.push_back(at);
  }
  const bool needs_by =
      options.method == ImputeMethod::kGroup || options.method == ImputeMethod::kRegression;
  if (needs_by && by.empty()) return mistake("group and regression need other columns", "add by");
  if (options.method == ImputeMethod::kDrop || options.method == ImputeMethod::kConstant)
    return imputer;
  const Column& column = table.columns[target];
  const ColumnType type = type_of(column);
  const bool by_size = (type.is_number() && !type.codes) || type.is_moment();
  std::map<std::string, std::size_t> values;
  std::map<std::vector<std::string>, std::map<std::string, std::size_t>> groups;
  std::vector<std::vector<double>> rows;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view value = column.at(row);
    if (is_missing_word(value)) continue;
    const auto quantity = parse_quantity(value);
    if (by_size && type.is_number() && !quantity) continue;
    ++values[std::string(value)];
    if (quantity && quantity->decimals > imputer.decimals_ && quantity->decimals <= 10)
      imputer.decimals_ = quantity->decimals;
    if (options.method == ImputeMethod::kGroup) {
      std::vector<std::string> key;
      for (const std::size_t at : by) key.emplace_back(table.columns[at].at(row));
      ++groups[key][std::string(value)];
    } else if (options.method == ImputeMethod::kRegression && quantity) {
      std::vector<double> numbers;
      for (const std::size_t at : by)
        if (const auto number = parse_quantity(table.columns[at].at(row)))
          numbers.push_back(number->number);
      numbers.push_back(quantity->number);
      if (numbers.size() == by.size() + 1) rows.push_back(std::move(numbers));
    }
  }
  imputer.middle_ = middle_of(values, by_size);
  for (auto& [key, counts] : groups) {
    std::size_t size = 0;
    for (const auto& [value, count] : counts) size += count;
    if (size < options.least_group) continue;
    if (const auto middle = middle_of(counts, by_size)) imputer.groups_[key] = *middle;
  }
  if (options.method != ImputeMethod::kRegression) return imputer;
  if (!type.is_number() || type.codes)
    return mistake(fmt::format("{} holds no numbers", options.column), "use group or median");
  TRY(imputer.weights_, regress(rows, by.size()));
  if (imputer.middle_) {
    const auto quantity = parse_quantity(*imputer.middle_);
    const std::size_t begin =
        static_cast<std::size_t>(quantity->digits.data() - imputer.middle_->data());
    imputer.before_ = imputer.middle_->substr(0, begin);
    imputer.after_ = imputer.middle_->substr(begin + quantity->digits.size());
  }
  return imputer;
}

std::string Imputer::number_text(double number) const {
  return before_ + fmt::format("{:.{}f}", number, decimals_) + after_;
}

std::optional<std::string> Imputer::fill(const CellOf& cell) const {
  switch (options_.method) {
    case ImputeMethod::kDrop:
      return std::nullopt;
    case ImputeMethod::kConstant:
      return options_.value;
    case ImputeMethod::kMedian:
      return middle_;
    case ImputeMethod::kGroup: {
      std::vector<std::string> key;
      for (const auto& name : options_.by) key.emplace_back(cell(name));
      const auto found = groups_.find(key);
      return found == groups_.end() ? middle_ : std::optional(found->second);
    }
    case ImputeMethod::kRegression: {
      double number = weights_[0];
      for (std::size_t i = 0; i < options_.by.size(); ++i) {
        const auto quantity = parse_quantity(cell(options_.by[i]));
        if (!quantity) return middle_;
        number += weights_[i + 1] * quantity->number;
      }
      return number_text(number);
    }
  }
  return std::nullopt;
}

base::Result<Imputed> impute(const Table& table, const ImputeOptions& options) {
  TRY(const Imputer imputer, Imputer::learn(table, options));
  const std::size_t target = *table.find(options.column);
  Imputed result;
  result.table = empty_like(table);
  for (std::uint32_t row = 0; row < table.rows(); ++row) {
    const bool is_missing = is_missing_word(table.columns[target].at(row));
    std::optional<std::string> filled;
    if (is_missing) {
      if (imputer.drops()) {
        ++result.dropped;
        result.rows.push_back(row);
        continue;
      }
      filled = imputer.fill([&](std::string_view name) {
        const auto at = table.find(name);
        return at ? table.columns[*at].at(row) : std::string_view();
      });
    }
    if (filled) {
      ++result.filled;
      result.rows.push_back(row);
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      result.table.columns[i].add(i == target && filled ? std::string_view(*filled)
                                                        : table.columns[i].at(row));
  }
  return result;
}

}  // namespace fulcrum::data::tables

#pragma once
// A distribution in bounded memory that merges exactly: numbers in logarithmic buckets (2.5 % wide,
// after DDSketch: Masson et al., VLDB 2019), other texts in 256 buckets of their hash. And how far
// two of them are apart.
#include <cstdint>
#include <map>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::data::tables {

class Histogram {
 public:
  void add_number(double number, std::int64_t rows);
  void add_text(std::string_view text, std::int64_t rows);
  void merge(const Histogram& other);
  std::int64_t rows() const;
  bool operator==(const Histogram&) const = default;
  const std::map<int, std::int64_t>& numbers() const { return numbers_; }
  const std::map<int, std::int64_t>& texts() const { return texts_; }

  base::json::value to_json() const;
  /// Fails with `checks.state`.
  static base::Result<Histogram> from_json(const base::json::value& value);

 private:
  std::map<int, std::int64_t> numbers_;  // ascending with the number
  std::map<int, std::int64_t> texts_;
};

/// Population stability index over at most ten bins with equal shares of `before` (numbers) and the
/// hash buckets (texts); half a row is added to each bin. 0.1 is little, above 0.25 much.
double stability_index(const Histogram& before, const Histogram& now);
/// Kolmogorov-Smirnov distance of the numbers: the largest difference between the two shares at or
/// below a value. At least 0, at most 1; of nothing 0.
double ks_distance(const Histogram& before, const Histogram& now);
/// That two samples from one distribution are this far apart or further (asymptotic).
double ks_probability(double distance, double rows_before, double rows_now);

}  // namespace fulcrum::data::tables

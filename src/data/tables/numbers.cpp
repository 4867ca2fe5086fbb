#include "data/tables/numbers.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace fulcrum::data::tables {

namespace {

/// Average depth of an unsuccessful search in a binary tree of n.
double mean_depth(double n) {
  if (n <= 1) return 0;
  if (n <= 2) return 1;
  return 2 * (std::log(n - 1) + 0.5772156649015329) - 2 * (n - 1) / n;
}

/// Adds to depths[first..last) of the sorted numbers the depth of each in the tree over the sorted
/// sample[from..to).
struct Tree {
  const std::vector<double>& sample;
  const std::vector<NumberValue>& numbers;
  std::vector<double>& depths;
  base::Random& random;
  int most_depth;

  void grow(std::size_t from, std::size_t to, std::size_t first, std::size_t last, int depth) {
    if (first >= last) return;
    const bool is_leaf = to - from <= 1 || depth >= most_depth || sample[from] == sample[to - 1];
    if (is_leaf) {
      const double end = depth + mean_depth(static_cast<double>(to - from));
      for (std::size_t i = first; i < last; ++i) depths[i] += end;
      return;
    }
    const double cut = sample[from] + random.uniform() * (sample[to - 1] - sample[from]);
    const auto middle = static_cast<std::size_t>(
        std::upper_bound(sample.begin() + static_cast<std::ptrdiff_t>(from),
                         sample.begin() + static_cast<std::ptrdiff_t>(to), cut) -
        sample.begin());
    const auto half = static_cast<std::size_t>(
        std::upper_bound(numbers.begin() + static_cast<std::ptrdiff_t>(first),
                         numbers.begin() + static_cast<std::ptrdiff_t>(last), cut,
                         [](double value, const NumberValue& one) { return value < one.number; }) -
        numbers.begin());
    grow(from, middle, first, half, depth + 1);
    grow(middle, to, half, last, depth + 1);
  }
};

}  // namespace

std::vector<NumberValue> numbers_of(const Column& column, const ColumnType& type) {
  std::vector<NumberValue> numbers;
  if (!type.is_number() || type.codes || type.distinct < 8) return numbers;
  for (Code code = 0; code < column.distinct(); ++code) {
    if (column.count(code) == 0 || is_missing_word(column.value(code))) continue;
    if (const auto quantity = parse_quantity(column.value(code)))
      numbers.push_back({quantity->number, column.count(code), code});
  }
  std::sort(numbers.begin(), numbers.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  return numbers;
}

std::vector<double> forest_scores(const std::vector<NumberValue>& numbers, int trees,
                                  std::size_t psi, std::uint64_t seed) {
  std::vector<std::uint64_t> ends;
  std::uint64_t rows = 0;
  for (const NumberValue& one : numbers) ends.push_back(rows += one.rows);
  std::vector<double> depths(numbers.size(), 0);
  if (rows < 2) return depths;
  base::Random random(seed);
  const std::size_t size = std::min<std::size_t>(psi, rows);
  const int most_depth = static_cast<int>(std::ceil(std::log2(static_cast<double>(size))));
  std::vector<double> sample(size);
  for (int tree = 0; tree < trees; ++tree) {
    for (double& one : sample) {
      const auto at = std::upper_bound(ends.begin(), ends.end(), random.below(rows));
      one = numbers[static_cast<std::size_t>(at - ends.begin())].number;
    }
    std::sort(sample.begin(), sample.end());
    Tree{sample, numbers, depths, random, most_depth}.grow(0, size, 0, numbers.size(), 0);
  }
  const double usual = mean_depth(static_cast<double>(size));
  for (double& depth : depths) depth = std::exp2(-depth / trees / usual);
  return depths;
}

}  // namespace fulcrum::data::tables

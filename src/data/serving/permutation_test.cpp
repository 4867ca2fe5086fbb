#include "data/serving/permutation.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace fulcrum::data::serving {

namespace {

std::vector<std::uint64_t> all_of(std::uint64_t size, OrderKey key) {
  const Permutation permutation(size, key);
  std::vector<std::uint64_t> values(size);
  for (std::uint64_t i = 0; i < size; ++i) values[i] = permutation.at(i);
  return values;
}

bool is_permutation(std::vector<std::uint64_t> values) {
  std::sort(values.begin(), values.end());
  for (std::uint64_t i = 0; i < values.size(); ++i)
    if (values[i] != i) return false;
  return true;
}

/// Standard deviations by which a chi-square over equal cells exceeds its mean (normal
/// approximation: mean k - 1, variance 2 (k - 1)).
double excess(const std::vector<double>& counts, double draws) {
  const double expected = draws / static_cast<double>(counts.size());
  double chi_square = 0;
  for (const double count : counts)
    chi_square += (count - expected) * (count - expected) / expected;
  const double freedom = static_cast<double>(counts.size()) - 1;
  return (chi_square - freedom) / std::sqrt(2 * freedom);
}

TEST(Permutation, TakesEveryValueOnceAtEverySize) {
  for (std::uint64_t size = 1; size <= 1500; ++size)
    ASSERT_TRUE(is_permutation(all_of(size, {size, 7}))) << size;
  ASSERT_TRUE(is_permutation(all_of(1'000'003, {1, 2})));
}

TEST(Permutation, TheInverseLeadsBackAlsoAtHugeSizes) {
  EXPECT_TRUE(rc::check("inverse", [] {
    const auto size = *rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(1, 5000),
                                      rc::gen::inRange<std::uint64_t>(1, ~0ULL));
    const Permutation permutation(
        size, {*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()});
    const auto index = *rc::gen::inRange<std::uint64_t>(0, size);
    const auto value = permutation.at(index);
    RC_ASSERT(value < size);
    RC_ASSERT(permutation.inverse(value) == index);
  }));
}

TEST(Permutation, StaysWhatItIs) {  // a run of last year must go on in the same order
  EXPECT_EQ(all_of(10, {1, 2}), (std::vector<std::uint64_t>{8, 3, 9, 5, 2, 0, 4, 1, 7, 6}));
  EXPECT_EQ(Permutation(1'000'000'000'000, {3, 4}).at(5), 21'803'959'969);
}

TEST(Permutation, AllOrdersOfAFewAreAboutEquallyOften) {
  for (const std::uint64_t size : {2, 3, 4, 5, 6, 7}) {
    std::map<std::vector<std::uint64_t>, double> seen;
    const int keys = 100'000;
    for (int key = 0; key < keys; ++key)
      ++seen[all_of(size, {static_cast<std::uint64_t>(key), 99})];
    double orders = 1;
    for (std::uint64_t i = 2; i <= size; ++i) orders *= static_cast<double>(i);
    ASSERT_EQ(seen.size(), orders);
    std::vector<double> counts;
    for (const auto& [order, count] : seen) counts.push_back(count);
    EXPECT_LT(excess(counts, keys), 4) << size;
  }
}

TEST(Permutation,
     NeighboursLandAnywhere) {  // pairs (at(i), at(i + 1)) over keys, and over one epoch
  const std::uint64_t size = 37;
  std::vector<double> pairs(size * size, 0), firsts(size, 0);
  const int keys = 50'000;
  for (int key = 0; key < keys; ++key) {
    const Permutation permutation(size, {5, static_cast<std::uint64_t>(key)});
    const auto first = permutation.at(11), second = permutation.at(12);
    ++firsts[first];
    ++pairs[first * size + second];
  }
  EXPECT_LT(excess(firsts, keys), 4);
  std::vector<double> unequal;
  for (std::uint64_t i = 0; i < pairs.size(); ++i)
    if (i / size != i % size) unequal.push_back(pairs[i]);
  EXPECT_LT(excess(unequal, keys), 4);

  const auto epoch = all_of(1 << 20, {8, 9});
  std::vector<double> cells(64 * 64, 0);
  for (std::size_t i = 0; i + 1 < epoch.size(); ++i)
    ++cells[(epoch[i] >> 14) * 64 + (epoch[i + 1] >> 14)];
  EXPECT_LT(excess(cells, static_cast<double>(epoch.size() - 1)), 4);
}

TEST(Permutation, MovesRecordsAsFarAsAFullShuffle) {  // mean distance n / 3
  const auto epoch = all_of(200'000, {10, 11});
  double distance = 0;
  for (std::size_t i = 0; i < epoch.size(); ++i)
    distance += std::abs(static_cast<double>(epoch[i]) - static_cast<double>(i));
  EXPECT_NEAR(distance / 200'000.0 / (200'000.0 / 3), 1, 0.01);
}

}  // namespace

}  // namespace fulcrum::data::serving

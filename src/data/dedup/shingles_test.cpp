#include "data/dedup/shingles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/random.h"
#include "data/dedup/dedup.h"
#include "data/dedup/minhash.h"
#include "data/dedup/normalise.h"

namespace fulcrum::data::dedup {
namespace {

std::vector<Shingle> shingles(std::string_view text, ShingleSettings settings = {}) {
  std::vector<Shingle> out;
  Shingler(settings).shingles(text, out);
  return out;
}

TEST(Shingles, AreRunsOfWords) {
  EXPECT_EQ(shingles("a b c d e f").size(), 2U);
  EXPECT_EQ(shingles("  a\tb\n c  d e f ").size(), 2U);
  EXPECT_EQ(shingles("a b c d e f"), shingles("a b\nc\u00A0d e f\n"));
  EXPECT_NE(shingles("a b c d e"), shingles("a b c e d"));
  EXPECT_NE(shingles("ab c d e f"), shingles("a bc d e f"));
  EXPECT_EQ(shingles("a b").size(), 1U) << "a short text is one shingle";
  EXPECT_NE(shingles("a b"), shingles("a c"));
  EXPECT_TRUE(shingles(" \n ").empty());
}

TEST(Shingles, RollAsTheyWouldBeMadeOneByOne) {
  const auto all = shingles("a b c d e f g h");
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0], shingles("a b c d e")[0]);
  EXPECT_EQ(all[3], shingles("d e f g h")[0]);
}

TEST(Shingles, ChineseHasNoBlanks) {
  EXPECT_EQ(shingles("今天天气很好，我们去公园。").size(), 7U) << "eleven characters, no marks";
  EXPECT_EQ(shingles("今天天气很好，我们去公园。"), shingles("今天天气很好 我们去公园"));
  EXPECT_EQ(shingles("使用GPU训练模型").size(), 3U) << "GPU is one word between six characters";
  EXPECT_EQ(shingles("今天天气很好，我们去公园。", {.units = Units::kWords}).size(), 1U);
  const auto words =
      shingles("今天天气很好，我们去公园。", {.units = Units::kDictionary, .size = 1});
  EXPECT_GT(words.size(), 3U);
  EXPECT_LT(words.size(), 11U);
  EXPECT_EQ(shingles("ab c", {.units = Units::kCharacters, .size = 1}).size(), 3U);
}

TEST(Shingles, JaccardOfSets) {
  const std::vector<Shingle> a{1, 2, 3, 4}, b{3, 4, 5}, none;
  const auto of = [](const auto& x, const auto& y) {
    return jaccard(x.data(), x.size(), y.data(), y.size());
  };
  EXPECT_DOUBLE_EQ(of(a, b), 0.4);
  EXPECT_DOUBLE_EQ(of(a, a), 1);
  EXPECT_DOUBLE_EQ(of(a, none), 0);
  EXPECT_DOUBLE_EQ(of(none, none), 1);
}

TEST(Normalise, FormsCaseAndBlanks) {
  std::string scratch, out;
  EXPECT_EQ(normalise("e\u0301", {}, scratch), "\u00E9");
  EXPECT_EQ(normalise("e\u0301", {.unicode = Unicode::kNone}, scratch), "e\u0301");
  EXPECT_EQ(normalise("\uFF21", {}, scratch), "\uFF21");
  EXPECT_EQ(normalise("\uFF21", {.unicode = Unicode::kNfkc, .folds_case = true}, scratch), "a");
  EXPECT_EQ(normalise("Stra\u00DFE", {.folds_case = true}, scratch), "strasse");
  collapse_spaces(" a \n\n b\u3000", out);
  EXPECT_EQ(out, "a b");
}

/// Two sets of `size` shingles of which `shared` are common.
std::pair<std::vector<Shingle>, std::vector<Shingle>> pair_of(base::Random& random,
                                                              std::size_t size,
                                                              std::size_t shared) {
  std::pair<std::vector<Shingle>, std::vector<Shingle>> pair;
  for (std::size_t i = 0; i < size; ++i) {
    pair.first.push_back(static_cast<Shingle>(random.below(1ULL << 32)));
    pair.second.push_back(i < shared ? pair.first.back()
                                     : static_cast<Shingle>(random.below(1ULL << 32)));
  }
  return pair;
}

TEST(MinHash, MinimaAgreeAsOftenAsSetsDo) {
  base::Random random(7);
  for (const std::size_t size : {60, 400}) {
    std::size_t equal = 0, all = 0;
    for (int i = 0; i < 500; ++i) {
      const auto [a, b] = pair_of(random, size, size / 2);
      const MinHash minhash({.seed = static_cast<std::uint64_t>(i)});
      const auto x = minhash.signature(a), y = minhash.signature(b);
      for (std::size_t k = 0; k < x.size(); ++k) equal += x[k] == y[k];
      all += x.size();
    }
    EXPECT_NEAR(static_cast<double>(equal) / static_cast<double>(all), 1.0 / 3, 0.008) << size;
  }
}

TEST(MinHash, FindsPairsAsTheBandsPromise) {
  const std::uint64_t seed = 20240229;
  base::Random random(seed);
  const MinHash minhash({});
  for (const double wanted : {.5, .6, .7, .75, .8, .85, .9, .95}) {
    const std::size_t size = 300,
                      shared =
                          static_cast<std::size_t>(std::lround(2 * size * wanted / (1 + wanted)));
    const double s = static_cast<double>(shared) / static_cast<double>(2 * size - shared);
    const double expected = 1 - std::pow(1 - std::pow(s, 8), 14);
    const int pairs = 3000;
    int found = 0;
    for (int i = 0; i < pairs; ++i) {
      const auto [a, b] = pair_of(random, size, shared);
      std::vector<std::uint64_t> x, y;
      minhash.append_band_keys(a, x);
      minhash.append_band_keys(b, y);
      bool any = false;
      for (std::size_t k = 0; k < x.size(); ++k) any |= x[k] == y[k];
      found += any;
    }
    const double error = std::sqrt(expected * (1 - expected) / pairs);
    EXPECT_NEAR(static_cast<double>(found) / pairs, expected, 4 * error + 1e-3)
        << "Jaccard " << s << ", seed " << seed;
  }
}

TEST(ClusterTexts, NearAndExact) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "word" + std::to_string(i) + " ";
  const std::string near = text + "and one more thing", other = "nothing of the kind at all here";
  EXPECT_EQ(cluster_texts({text, other, near, other}, {}), (std::vector<Document>{0, 1, 0, 1}));
  Settings exact;
  exact.method = Method::kExact;
  EXPECT_EQ(cluster_texts({text, near, other, " " + text}, exact),
            (std::vector<Document>{0, 1, 2, 0}));
}

}  // namespace
}  // namespace fulcrum::data::dedup

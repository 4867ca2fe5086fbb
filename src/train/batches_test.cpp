#include "train/batches.h"

#include <gtest/gtest.h>

#include <map>

namespace fulcrum::train {
namespace {

std::vector<History> some_sequences() {
  std::vector<History> sequences;
  for (Item user = 0; user < 40; ++user) {
    History history;
    for (Item i = 0; i <= user; ++i) history.push_back(user * 100 + i);
    sequences.push_back(std::move(history));
  }
  return sequences;
}

TEST(Batches, EveryItemButTheFirstIsATargetOnceWithTheItemBeforeItAsInput) {
  std::map<std::int64_t, int> seen;
  for (const auto& batch : epoch_batches(some_sequences(), {8, 5, 0}, 7, 1)) {
    ASSERT_EQ(batch.inputs.size(), static_cast<std::size_t>(batch.rows * batch.length));
    EXPECT_LE(batch.length, 5);
    EXPECT_LE(batch.rows, 8);
    for (std::size_t i = 0; i < batch.inputs.size(); ++i) {
      if (batch.targets[i] < 0) {
        EXPECT_EQ(batch.inputs[i], 0);
        continue;
      }
      EXPECT_EQ(batch.inputs[i], batch.targets[i]);  // item - 1 as a number + 1
      ++seen[batch.targets[i]];
    }
  }
  std::size_t expected = 0;
  for (const auto& sequence : some_sequences()) expected += sequence.size() - 1;
  EXPECT_EQ(seen.size(), expected);
  for (const auto& [target, count] : seen) EXPECT_EQ(count, 1) << target;
}

TEST(Batches, AreAFunctionOfSeedAndEpoch) {
  const auto flat = [](std::uint64_t seed, std::uint64_t epoch) {
    std::vector<std::int64_t> all;
    for (const auto& batch : epoch_batches(some_sequences(), {8, 5, 0.1}, seed, epoch))
      all.insert(all.end(), batch.inputs.begin(), batch.inputs.end());
    return all;
  };
  EXPECT_EQ(flat(1, 2), flat(1, 2));
  EXPECT_NE(flat(1, 2), flat(1, 3));
  EXPECT_NE(flat(1, 2), flat(2, 2));
}

TEST(Batches, RowsSplitIntoPiecesKeepTheirContent) {
  const auto batches = epoch_batches(some_sequences(), {6, 5, 0}, 7, 1);
  for (const auto& batch : batches) {
    std::int64_t rows = 0, targets = 0;
    for (const auto& piece : split_rows(batch, 4)) {
      EXPECT_LE(piece.length, batch.length);
      rows += piece.rows;
      targets += count_targets(piece);
    }
    EXPECT_EQ(rows, batch.rows);
    EXPECT_EQ(targets, count_targets(batch));
  }
}

}  // namespace
}  // namespace fulcrum::train

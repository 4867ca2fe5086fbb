#include "train/torch/trainer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "base/files.h"
#include "base/random.h"
#include "train/baselines.h"
#include "train/metrics.h"
#include "train/torch/transformer.h"

namespace fulcrum::train {
namespace {

constexpr std::size_t kItems = 30;

/// Every item has one successor, taken four times in five.
Interactions chain_world(std::uint64_t seed) {
  base::Random random(seed);
  Interactions world;
  for (std::size_t i = 0; i < kItems; ++i) world.items.push_back("i" + std::to_string(100 + i));
  for (int user = 0; user < 150; ++user) {
    History history{static_cast<Item>(random.below(kItems))};
    while (history.size() < 9) {
      const Item next = random.uniform() < 0.8 ? static_cast<Item>((history.back() * 7 + 3) % 30)
                                               : static_cast<Item>(random.below(kItems));
      if (next != history.back()) history.push_back(next);
    }
    world.users.push_back("u" + std::to_string(user));
    world.histories.push_back(std::move(history));
  }
  return world;
}

struct Killed {};

class Trainer : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("fulcrum-trainer-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    ASSERT_TRUE(base::make_folder(folder_));
    split_ = split_leave_last_out(chain_world(11), 0);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  FitOptions options(const std::string& name) const {
    FitOptions options;
    options.recipe.model = {
        .dim = 16, .heads = 2, .layers = 1, .max_length = 8, .dropout = 0.1, .input_dropout = 0.1};
    options.recipe.optimizer.lr = 0.01;
    options.recipe.epochs = 4;
    options.recipe.batch_size = 16;
    options.recipe.early_stopping.patience = 0;
    options.seed = 5;
    options.items = kItems;
    options.checkpoint = folder_ / name;
    options.fingerprint = "one";
    return options;
  }
  FitResult run(const FitOptions& options) {
    return fit(split_.training, split_.validation, options);
  }
  static bool equal(const Network& a, const Network& b) {
    const auto left = a->parameters(), right = b->parameters();
    for (std::size_t i = 0; i < left.size(); ++i)
      if (!torch::equal(left[i], right[i])) return false;
    return true;
  }

  std::filesystem::path folder_;
  Split split_;
};

TEST_F(Trainer, SameSeedSameBytesWhateverTheThreads) {
  auto two_threads = options("b");
  two_threads.recipe.threads = 2;
  auto one_thread = options("a");
  one_thread.recipe.threads = 1;
  auto other_seed = options("c");
  other_seed.seed = 6;
  const auto first = run(one_thread);
  EXPECT_TRUE(equal(first.best, run(two_threads).best));
  EXPECT_FALSE(equal(first.best, run(other_seed).best));
}

TEST_F(Trainer, KilledAfterOrInAnyEpochItEndsTheSame) {
  for (const auto kind : {OptimizerKind::kAdamw, OptimizerKind::kSgd}) {
    auto straight = options("straight" + std::to_string(static_cast<int>(kind)));
    straight.recipe.optimizer.kind = kind;
    const auto whole = run(straight);
    // Killed in the middle of epochs 1, 2 and 4, and right after epoch 3's checkpoint.
    auto stopped = straight;
    stopped.checkpoint += "-stopped";
    for (const double at : {0.5, 1.5, 3.0, 3.5}) {
      auto attempt = stopped;
      attempt.progress = [at](double done, double) {
        if (done > at && at != 3.0) throw Killed{};
      };
      attempt.epoch_done = [at](const std::vector<EpochRecord>& records) {
        if (static_cast<double>(records.size()) >= at && at == 3.0) throw Killed{};
      };
      EXPECT_THROW(run(attempt), Killed) << at;
    }
    const auto resumed = run(stopped);
    EXPECT_EQ(resumed.resumed_from, 3u);
    EXPECT_TRUE(equal(whole.best, resumed.best));
    EXPECT_EQ(whole.best_epoch, resumed.best_epoch);
    ASSERT_EQ(whole.epochs.size(), resumed.epochs.size());
    for (std::size_t i = 0; i < whole.epochs.size(); ++i)
      EXPECT_EQ(whole.epochs[i].loss, resumed.epochs[i].loss) << i;
  }
}

TEST_F(Trainer, ACheckpointOfAnotherRunOrADamagedOneIsNotResumed) {
  const auto first = run(options("a"));
  auto other = options("a");
  other.fingerprint = "two";
  EXPECT_EQ(run(other).resumed_from, 0u);
  const auto path = folder_ / "a";
  const std::string whole = *base::read_file(path);
  ASSERT_TRUE(base::write_file(path, whole.substr(0, whole.size() / 2)));
  const auto again = run(options("a"));
  EXPECT_EQ(again.resumed_from, 0u);
  EXPECT_TRUE(equal(first.best, again.best));
}

TEST_F(Trainer, LearnsWhatPopularityCannot) {
  auto longer = options("a");
  longer.recipe.epochs = 25;
  const auto result = run(longer);
  const auto model = transformer(result.best, longer.recipe.model, kItems);
  const double learnt = evaluate(*model, split_.test).ndcg_at_10;
  const double floor = evaluate(*train_popularity(split_.training, kItems), split_.test).ndcg_at_10;
  EXPECT_GT(learnt, 0.6);
  EXPECT_GT(learnt, 2 * floor);

  auto shuffled = longer;
  shuffled.checkpoint = folder_ / "shuffled";
  auto training = split_.training;
  shuffle_items(training, 1);
  const auto bad = fit(training, split_.validation, shuffled);
  const auto bad_model = transformer(bad.best, longer.recipe.model, kItems);
  EXPECT_LT(evaluate(*bad_model, split_.test).ndcg_at_10, learnt / 2);
}

TEST_F(Trainer, StopsWhenPatienceEnds) {
  auto patient = options("a");
  patient.recipe.epochs = 200;
  patient.recipe.early_stopping.patience = 2;
  const auto result = run(patient);
  EXPECT_LT(result.epochs.size(), 200u);
  EXPECT_EQ(result.epochs.size(), result.best_epoch + 2u);
}

TEST_F(Trainer, CooccurrenceStartIsUsed) {
  auto started = options("a");
  started.recipe.model.start = Start::kCooccurrence;
  const auto result = run(started);
  EXPECT_FALSE(equal(result.best, run(options("b")).best));
  EXPECT_TRUE(std::isfinite(result.epochs.back().loss));
}

TEST(LearningRate, RisesThenFallsToItsFloor) {
  OptimizerRecipe recipe;
  recipe.lr = 1;
  recipe.warmup = 0.1;
  recipe.lr_floor = 0.2;
  EXPECT_DOUBLE_EQ(learning_rate(recipe, 0.05), 0.5);
  EXPECT_DOUBLE_EQ(learning_rate(recipe, 0.1), 1.0);
  EXPECT_NEAR(learning_rate(recipe, 0.55), 0.6, 1e-12);  // half way down
  EXPECT_NEAR(learning_rate(recipe, 1.0), 0.2, 1e-12);
  EXPECT_GT(learning_rate(recipe, 0), 0);
}

}  // namespace
}  // namespace fulcrum::train

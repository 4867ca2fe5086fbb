#include "train/torch/network.h"

#include <gtest/gtest.h>

#include "train/torch/gradient.h"
#include "train/torch/transformer.h"

namespace fulcrum::train {
namespace {

ModelRecipe small() {
  ModelRecipe recipe;
  recipe.dim = 16;
  recipe.heads = 2;
  recipe.layers = 2;
  recipe.max_length = 8;
  return recipe;
}

Network seeded(const ModelRecipe& recipe, std::int64_t items) {
  torch::manual_seed(3);
  return Network(recipe, items);
}

TEST(Network, FutureItemsDoNotChangePastPlaces) {
  Network network = seeded(small(), 20);
  const torch::NoGradGuard no_grad;
  const auto before = network->hidden(torch::tensor({{1, 2, 3, 4, 5, 6}}));
  const auto after = network->hidden(torch::tensor({{1, 2, 3, 9, 8, 7}}));
  EXPECT_TRUE(torch::equal(before.slice(1, 0, 3), after.slice(1, 0, 3)));
  EXPECT_FALSE(torch::allclose(before.slice(1, 3, 4), after.slice(1, 3, 4)));
}

TEST(Network, PastItemsDoChangeLaterPlaces) {
  Network network = seeded(small(), 20);
  const torch::NoGradGuard no_grad;
  const auto before = network->hidden(torch::tensor({{1, 2, 3, 4}}));
  const auto after = network->hidden(torch::tensor({{9, 2, 3, 4}}));
  EXPECT_FALSE(torch::allclose(before.slice(1, 3), after.slice(1, 3), 1e-5, 1e-6));
}

TEST(Network, PaddingAndNeighboursInTheBatchChangeNothing) {
  Network network = seeded(small(), 20);
  const auto model = transformer(network, small(), 20);
  const std::vector<History> alone{{4, 5}};
  const std::vector<History> together{{4, 5}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {}};
  const auto own = model->score(alone), all = model->score(together);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(own[i], all[i], 1e-5) << i;
}

TEST(Network, OnlyTheNewestItemsCount) {
  const auto model = transformer(seeded(small(), 20), small(), 20);
  const std::vector<History> longer{{15, 1, 2, 3, 4, 5, 6, 7, 8}}, cut{{1, 2, 3, 4, 5, 6, 7, 8}};
  EXPECT_EQ(model->score(longer), model->score(cut));
}

TEST(Network, SurvivesBeingWritten) {
  Network network = seeded(small(), 20);
  const auto again = network_from(small(), 20, network_tensors(network));
  ASSERT_TRUE(again);
  const std::vector<History> histories{{1, 2, 3}};
  EXPECT_EQ(transformer(*again, small(), 20)->score(histories),
            transformer(network, small(), 20)->score(histories));
  const auto wrong = network_from(small(), 21, network_tensors(network));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, "model.damaged");
}

Batch some_batch() {
  std::vector<History> sequences;
  for (Item i = 0; i < 10; ++i) sequences.push_back({i, static_cast<Item>(i + 1), 3, 5, i});
  return epoch_batches(sequences, {16, 8, 0}, 1, 1).front();
}

TEST(Gradient, IsTheSameBytesOnAnyNumberOfThreads) {
  std::vector<torch::Tensor> first;
  for (const unsigned threads : {1u, 2u, 4u}) {
    Network network = seeded(small(), 20);
    compute_gradient(network, some_batch(), {.threads = threads, .dropout_seed = 9});
    const auto parameters = network->parameters();
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      if (threads == 1) {
        first.push_back(parameters[p].grad().clone());
      } else {
        EXPECT_TRUE(torch::equal(parameters[p].grad(), first[p])) << threads << " " << p;
      }
    }
  }
}

TEST(Gradient, PointsUphill) {
  Network network = seeded(small(), 20);
  const GradientOptions options{.dropout = false};
  const double before = compute_gradient(network, some_batch(), options);
  {
    const torch::NoGradGuard no_grad;
    for (auto& parameter : network->parameters())
      if (parameter.grad().defined()) parameter.sub_(parameter.grad() * 0.1);
  }
  EXPECT_LT(compute_gradient(network, some_batch(), options), before);
}

TEST(Gradient, FailuresOnAnyThreadAreThrownOn) {
  EXPECT_THROW(in_parallel(8, 2,
                           [](std::size_t i) {
                             if (i == 5) throw std::runtime_error("no");
                           }),
               std::runtime_error);
}

}  // namespace
}  // namespace fulcrum::train

#include "sched/elastic/goodput.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace fulcrum::sched {

namespace {

TEST(Goodput, GainIsOneAtTheInitialBatchAndAtMostItsScale) {
  EXPECT_DOUBLE_EQ(gain(3, 1), 1);
  EXPECT_DOUBLE_EQ(gain(0, 8), 1);        // no noise: a larger batch learns nothing more
  EXPECT_DOUBLE_EQ(gain(3, 2), 4 / 2.5);  // (3 + 1) / (3 / 2 + 1)
  EXPECT_NEAR(gain(1e9, 8), 8, 1e-6);     // all noise: eight times the batch, eight steps
}

TEST(Goodput, CutsABatchIntoPassesThatFit) {
  const BatchLimits limits{64, 4096, 8, 100};
  EXPECT_DOUBLE_EQ(cut_of(limits, 64, 1).local, 64);
  EXPECT_EQ(cut_of(limits, 64, 1).accumulated, 0U);
  const Cut two = cut_of(limits, 80, 1);  // one replica, above the initial batch: two passes
  EXPECT_DOUBLE_EQ(two.local, 40);
  EXPECT_EQ(two.accumulated, 1U);
  const Cut many = cut_of(limits, 1000, 4);  // 250 each do not fit at once
  EXPECT_DOUBLE_EQ(many.local, 84);
  EXPECT_EQ(many.accumulated, 2U);
  EXPECT_DOUBLE_EQ(many.batch(4), 1008);
  EXPECT_LE(cut_of(limits, 4096, 3).batch(3), 4096);  // rounding up must not pass the largest
}

TEST(Goodput, StepsByHand) {
  const StepModel model{1, 0.5, 0.25, 0.125, 2, 1, 1};
  EXPECT_DOUBLE_EQ(model.step_s(1, 1, {4, 0}), 3);                  // 1 + 0.5 x 4
  EXPECT_DOUBLE_EQ(model.step_s(1, 4, {4, 0}), 3 + 0.25 + 0.25);    // + 0.125 x (4 - 2)
  EXPECT_DOUBLE_EQ(model.step_s(2, 4, {4, 2}), 3 + 2 + 2 + 2 * 3);  // two passes before
  StepModel half = model;
  half.overlap = 2;
  EXPECT_DOUBLE_EQ(half.step_s(2, 4, {4, 0}), std::sqrt(3.0 * 3 + 4 * 4));
}

TEST(Goodput, ChoosesTheBatchThatPays) {
  const StepModel model{1, 0.01, 0, 0, 0, 0, 1};  // a step takes a second whatever the batch
  const BatchLimits limits{16, 256, 1, 256};
  EXPECT_DOUBLE_EQ(Goodput(model, limits, 0).best(1, 4).cut.batch(4), 16);
  EXPECT_NEAR(Goodput(model, limits, 1e6).best(1, 4).cut.batch(4), 256, 1);
  const Goodput some(model, limits, 1e6);
  EXPECT_NEAR(some.best(1, 4).steps_per_s, some.fixed(1, 4, 256), 1e-3);
  EXPECT_DOUBLE_EQ(Goodput(model, {16, 256, 100, 256}, 1).best(1, 4).steps_per_s, 0);  // 400 > 256
}

TEST(Fit, FindsTheModelThatMadeTheObservations) {
  for (const double overlap : {1.0, 2.5}) {
    const StepModel truth{0.02, 0.001, 0.01, 0.002, 0.05, 0.004, overlap};
    std::vector<Observation> seen;
    for (const auto& [nodes, replicas] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{
             {1, 1}, {1, 2}, {1, 4}, {2, 8}, {4, 16}})
      for (const double local : {16.0, 64.0, 128.0})
        seen.push_back({nodes, replicas, local, truth.pass_s(local),
                        truth.step_s(nodes, replicas, {local, 0})});
    const StepModel found = fit_step_model(seen);
    EXPECT_NEAR(found.pass_base_s, 0.02, 1e-6);
    EXPECT_NEAR(found.step_s(8, 32, {100, 1}), truth.step_s(8, 32, {100, 1}),
                0.01 * truth.step_s(8, 32, {100, 1}));
  }
}

TEST(Fit, WhatWasNeverSeenIsTakenToBeCheap) {
  const StepModel one = fit_step_model({{1, 1, 32, 0.1, 0.1}});
  EXPECT_NEAR(one.step_s(1, 1, {32, 0}), 0.1, 1e-6);
  EXPECT_NEAR(one.step_s(4, 16, {32, 0}), 0.1, 1e-6);  // synchronising costs nothing yet
  EXPECT_NEAR(one.step_s(1, 1, {64, 0}), 0.15, 1e-6);  // half of a pass grows with it
  const StepModel two = fit_step_model({{1, 1, 32, 0.1, 0.1}, {1, 2, 32, 0.1, 0.12}});
  EXPECT_NEAR(two.sync_s(2, 2), 1.1 * two.sync_s(1, 2), 1e-9);
}

}  // namespace

}  // namespace fulcrum::sched

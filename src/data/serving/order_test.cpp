#include "data/serving/order.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace fulcrum::data::serving {

namespace {

Order order_of(std::uint64_t records, std::uint64_t seed, std::string version = "v1") {
  return Order::make({{std::move(version), records}}, seed).value();
}

std::vector<Place> places(const Order& order, std::uint64_t from, std::uint64_t until) {
  std::vector<Place> all;
  for (std::uint64_t i = from; i < until; ++i) all.push_back(order.at(i));
  return all;
}

TEST(Order, EveryEpochHasEveryRecordOnceAndItsOwnOrder) {
  const Order order = order_of(1000, 3);
  std::set<std::vector<std::uint64_t>> orders;
  for (std::uint64_t epoch = 0; epoch < 5; ++epoch) {
    std::vector<std::uint64_t> records;
    for (const Place& place : places(order, epoch * 1000, epoch * 1000 + 1000)) {
      EXPECT_EQ(place.epoch, epoch);
      records.push_back(place.record);
    }
    orders.insert(records);
    std::sort(records.begin(), records.end());
    for (std::uint64_t i = 0; i < 1000; ++i) ASSERT_EQ(records[i], i);
  }
  EXPECT_EQ(orders.size(), 5);
}

TEST(Order, SeedAndVersionBothMatter) {
  const auto base = places(order_of(1000, 3), 0, 50);
  EXPECT_EQ(places(order_of(1000, 3), 0, 50), base);
  EXPECT_NE(places(order_of(1000, 4), 0, 50), base);
  EXPECT_NE(places(order_of(1000, 3, "v2"), 0, 50), base);
}

TEST(Order, StaysWhatItIs) {
  std::vector<std::uint64_t> records;
  for (const Place& place : places(order_of(1000, 42), 998, 1004)) records.push_back(place.record);
  EXPECT_EQ(records, (std::vector<std::uint64_t>{572, 864, 948, 46, 695, 486}));
}

TEST(Order, AMixtureGivesEachSourceItsShareAndItsEpochsWhole) {
  const std::uint64_t change = 100'000, end = 400'000;  // the first piece ends in mid-block
  const Order order = Order::make({{"a", 5000}, {"b", 70'000}, {"c", 11}}, 1,
                                  {{0, {6, 4, 0}}, {change, {1, 1, 0.01}}})
                          .value();
  std::vector<double> drawn[2] = {{0, 0, 0}, {0, 0, 0}};
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::vector<std::uint64_t>> epochs;
  for (std::uint64_t i = 0; i < end; ++i) {
    const Place place = order.at(i);
    ++drawn[i >= change][place.source];
    epochs[{place.source, place.epoch}].push_back(place.record);
  }
  EXPECT_NEAR(drawn[0][0] / 100'000, 0.6, 1e-5);
  EXPECT_EQ(drawn[0][2], 0);
  EXPECT_NEAR(drawn[1][1] / 300'000, 1 / 2.01, 0.01);  // the run ends in mid-block
  for (auto& [key, records] : epochs) {
    std::sort(records.begin(), records.end());
    EXPECT_EQ(std::adjacent_find(records.begin(), records.end()), records.end());
  }
  for (std::uint64_t epoch = 0; epoch < 10; ++epoch) {
    const auto size = epochs[{0, epoch}].size();
    ASSERT_EQ(size, 5000) << epoch;
  }
}

TEST(Order, AMixtureIsMixedWithinABlock) {
  const Order order = Order::make({{"a", 100'000}, {"b", 100'000}}, 1, {{0, {1, 1}}}).value();
  int longest = 0, run = 0, most = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    run = i > 0 && order.at(i).source == order.at(i - 1).source ? run + 1 : 1;
    longest = std::max(longest, run);
    most += order.at(i).source == 0;
  }
  EXPECT_LT(longest, 30);  // 2^-29 each
  EXPECT_NEAR(most, 10'000, 300);
}

TEST(Order, RefusesWhatCannotBeDrawn) {
  const auto code = [](std::vector<OrderSource> sources, std::vector<MixturePiece> pieces) {
    return Order::make(std::move(sources), 0, std::move(pieces)).error().code;
  };
  EXPECT_EQ(code({}, {}), "serving.sources");
  EXPECT_EQ(code({{"a", 0}}, {}), "serving.sources");
  EXPECT_EQ(code({{"a", 1}, {"b", 1}}, {}), "serving.mixture");
  EXPECT_EQ(code({{"a", 1}}, {{1, {1}}}), "serving.mixture");
  EXPECT_EQ(code({{"a", 1}}, {{0, {1}}, {0, {1}}}), "serving.mixture");
  EXPECT_EQ(code({{"a", 1}}, {{0, {1, 2}}}), "serving.mixture");
  EXPECT_EQ(code({{"a", 1}, {"b", 1}}, {{0, {0, 0}}}), "serving.mixture");
  EXPECT_EQ(code({{"a", 1}, {"b", 1}}, {{0, {1, -1}}}), "serving.mixture");
  EXPECT_EQ(code({{"a", 1}, {"b", 1}}, {{0, {1, 1e-9}}}), "serving.mixture");
}

TEST(Shard, EveryRankHasTheSameStepsWhereTheEndIsUneven) {
  EXPECT_TRUE(rc::check("uneven", [] {
    const auto records = *rc::gen::inRange<std::uint64_t>(1, 60);
    const auto epochs = *rc::gen::inRange<std::uint64_t>(1, 4);
    const auto world = *rc::gen::inRange<std::uint64_t>(1, 90);
    const auto end = records * epochs;
    const auto start = *rc::gen::inRange<std::uint64_t>(0, end + 1);
    for (const Uneven uneven : {Uneven::kDrop, Uneven::kWrap}) {
      std::map<std::uint64_t, int> seen;
      const Shard zero{start, 0, world};
      for (std::uint64_t rank = 0; rank < world; ++rank) {
        const Shard shard{start, rank, world};
        RC_ASSERT(shard.steps(end, uneven) == zero.steps(end, uneven));
        for (std::uint64_t step = 0; step < shard.steps(end, uneven); ++step) {
          const auto index = shard.index(step, end, records);
          RC_ASSERT(index < end);
          ++seen[index];
        }
      }
      const auto places = end - start;
      if (uneven == Uneven::kDrop) {
        RC_ASSERT(seen.size() == places / world * world);
        for (const auto& [index, times] : seen) RC_ASSERT(times == 1);
      } else {  // nothing is missed, and only the last epoch's places come again
        for (std::uint64_t index = start; index < end; ++index) RC_ASSERT(seen[index] >= 1);
        for (const auto& [index, times] : seen)
          RC_ASSERT((times == 1 && index >= start) || index >= end - records);
      }
    }
  }));
}

TEST(Shard, KilledAnywhereAndResumedAtAnotherWorldSizeTheOrderIsTheSame) {
  EXPECT_TRUE(rc::check("resume", [] {
    const auto records = *rc::gen::inRange<std::uint64_t>(1, 200);
    const bool is_mixture = *rc::gen::arbitrary<bool>();
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto end = *rc::gen::inRange<std::uint64_t>(0, 1000);
    const Order order =
        is_mixture
            ? Order::make({{"a", records}, {"b", 17}}, seed, {{0, {1, 2}}, {333, {3, 1}}}).value()
            : order_of(records, seed);
    std::vector<Place> given;
    std::uint64_t at = 0;
    while (at < end) {  // each life of the run has its own world and ends after some steps
      const auto world = *rc::gen::inRange<std::uint64_t>(1, 17);
      const auto lives = *rc::gen::inRange<std::uint64_t>(1, 40);
      std::uint64_t steps = Shard{at, 0, world}.steps(end, Uneven::kDrop);
      if (steps == 0) break;  // dropped at the end
      steps = std::min(steps, lives);
      for (std::uint64_t step = 0; step < steps; ++step)
        for (std::uint64_t rank = 0; rank < world; ++rank)
          given.push_back(order.at(Shard{at, rank, world}.index(step, end, records)));
      at = Shard{at, 0, world}.resume_at(steps);
    }
    RC_ASSERT(given == places(order, 0, at));
    RC_ASSERT(end - at < 17 || end == 0);
  }));
}

TEST(Shard, ARankOutsideTheWorldIsRefused) {
  EXPECT_EQ((Shard{0, 2, 2}).check().error().code, "serving.shard");
  EXPECT_EQ((Shard{0, 0, 0}).check().error().code, "serving.shard");
  EXPECT_TRUE((Shard{0, 1, 2}).check());
}

}  // namespace

}  // namespace fulcrum::data::serving

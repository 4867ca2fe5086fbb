#include "data/serving/batch_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "data/serving/serving_fixture.h"

namespace fulcrum::data::serving {

namespace {

Corpus numbers(const TemporaryFolder& folder, int records) {
  std::string lines;
  for (int i = 0; i < records; ++i) lines += std::to_string(i) + "\n";
  Corpus corpus;
  corpus.sources.push_back(Dataset::open(folder.write("a.jsonl", lines)).value());
  return corpus;
}

std::vector<std::string> in_order(const Corpus& corpus, std::uint64_t seed, std::uint64_t from,
                                  std::uint64_t until) {
  const Order order = corpus.order(seed).value();
  std::vector<std::string> records;
  for (std::uint64_t i = from; i < until; ++i) records.emplace_back(corpus.record(order.at(i)));
  return records;
}

TEST(BatchReader, RanksKilledAndResumedAtOtherWorldSizesGiveTheOneOrder) {
  const TemporaryFolder folder;
  const Corpus corpus = numbers(folder, 101);
  EXPECT_TRUE(rc::check("resumed", [&] {
    const std::uint64_t end = 303;
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    std::vector<std::string> given;
    std::uint64_t at = 0;
    while (at < end) {
      ReaderOptions options;
      options.seed = seed, options.end = end;
      options.shard = {at, 0, *rc::gen::inRange<std::uint64_t>(1, 5)};
      options.batch = *rc::gen::inRange<std::uint32_t>(1, 9);
      options.threads = *rc::gen::inRange<unsigned>(1, 4);
      options.ahead = *rc::gen::inRange<unsigned>(1, 4);
      const auto lives = *rc::gen::inRange(1, 10);
      std::vector<std::unique_ptr<BatchReader>> ranks;
      for (; options.shard.rank < options.shard.world; ++options.shard.rank)
        ranks.push_back(read_batches(corpus, options).value());
      for (int life = 0; life < lives; ++life) {
        std::vector<const Batch*> batches;
        for (auto& rank : ranks) batches.push_back(rank->next());
        if (batches.front() == nullptr) break;
        for (std::size_t i = 0; i < batches.front()->size(); ++i)
          for (const Batch* batch : batches) given.emplace_back(batch->record(i));
      }
      if (ranks.front()->position() == at) break;  // fewer than the world are left
      at = ranks.front()->position();
    }
    RC_ASSERT(given == in_order(corpus, seed, 0, at));
    RC_ASSERT(end - at < 5);
  }));
}

TEST(BatchReader, WrapsSoThatEveryRankHasItsStep) {
  const TemporaryFolder folder;
  const Corpus corpus = numbers(folder, 10);
  ReaderOptions options;
  options.seed = 1, options.end = 10;
  options.uneven = Uneven::kWrap;
  std::vector<std::string> given;
  for (options.shard = {0, 0, 4}; options.shard.rank < 4; ++options.shard.rank) {
    const auto reader = read_batches(corpus, options).value();
    const Batch* batch = reader->next();
    ASSERT_EQ(batch->size(), 3);
    given.emplace_back(batch->record(2));
    EXPECT_EQ(reader->next(), nullptr);
    EXPECT_EQ(reader->next(), nullptr);
  }
  auto wanted = in_order(corpus, 1, 8, 10);
  for (const auto& first : in_order(corpus, 1, 0, 2)) wanted.push_back(first);
  EXPECT_EQ(given, wanted);
}

TEST(BatchReader, MayBeLeftAtAnyTime) {
  const TemporaryFolder folder;
  const Corpus corpus = numbers(folder, 10'000);
  for (int taken = 0; taken < 20; ++taken) {
    ReaderOptions options;
    options.seed = 1, options.end = 10'000;
    options.batch = 100, options.threads = 3;
    const auto reader = read_batches(corpus, options).value();
    for (int i = 0; i < taken; ++i) ASSERT_NE(reader->next(), nullptr);
  }
}

TEST(Corpus, AMixtureIsReadFromText) {
  const auto pieces = parse_mixture("0:0.75,0.25;1000:1,3").value();
  ASSERT_EQ(pieces.size(), 2);
  EXPECT_EQ(pieces[1].from, 1000);
  EXPECT_EQ(pieces[0].weights, (std::vector<double>{0.75, 0.25}));
  for (const char* text : {"0", "0:", "x:1", "0:1,x", "0:1;;5:1", "-1:1"}) {
    const auto wrong = parse_mixture(text);
    ASSERT_FALSE(wrong) << text;
    EXPECT_EQ(wrong.error().code, "serving.mixture");
  }
}

}  // namespace

}  // namespace fulcrum::data::serving

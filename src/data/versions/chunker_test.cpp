#include "data/versions/chunker.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace fulcrum::data::versions {
namespace {

std::vector<std::string> chunks_of(std::string_view bytes, Records records) {
  std::vector<std::string> chunks;
  while (!bytes.empty()) {
    const std::size_t size = first_chunk(bytes, records);
    chunks.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return chunks;
}

std::string noise(std::size_t size, std::uint64_t seed) {
  base::Random random(seed);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random.below(256));
  return bytes;
}

std::string rows(std::size_t count) {
  base::Random random(5);
  std::string text = "id,name,note\n";
  for (std::size_t i = 0; i < count; ++i)
    text +=
        fmt::format("{},n{},\"say \"\"{}\"\"\nand more\"\n", i, random.below(1000), random.next());
  return text;
}

TEST(Chunker, ChunksAreAboutAsLongAsWanted) {
  const auto chunks = chunks_of(noise(64U << 20, 1), Records::kNone);
  const double mean = static_cast<double>(64U << 20) / static_cast<double>(chunks.size());
  EXPECT_GT(mean, 48 << 10);
  EXPECT_LT(mean, 96 << 10);
  for (std::size_t i = 0; i + 1 < chunks.size(); ++i) {
    EXPECT_GE(chunks[i].size(), ChunkSizes().least);
    EXPECT_LE(chunks[i].size(), ChunkSizes().most);
  }
}

TEST(Chunker, AnEditChangesFewChunks) {
  for (const Records records : {Records::kNone, Records::kCsv}) {
    const std::string before = records == Records::kNone ? noise(8U << 20, 2) : rows(150'000);
    base::Random random(3);
    std::size_t worst = 0, sum = 0;
    for (int round = 0; round < 20; ++round) {
      std::string after = before;
      after.insert(random.below(after.size()), "x");
      const auto old = chunks_of(before, records), fresh = chunks_of(after, records);
      const std::set<std::string> known(old.begin(), old.end());
      std::size_t changed = 0;
      for (const auto& chunk : fresh) changed += !known.contains(chunk);
      worst = std::max(worst, changed);
      sum += changed;
    }
    EXPECT_LE(worst, 4U);
    EXPECT_LE(sum, 30U) << "about one chunk an edit";
  }
}

TEST(Chunker, TablesAreCutAtRecordEnds) {
  const std::string text = rows(60'000);
  std::size_t records = 0;
  const auto chunks = chunks_of(text, Records::kCsv);
  EXPECT_GT(chunks.size(), 20U);
  for (const auto& chunk : chunks) {
    const auto count = count_records(chunk, Records::kCsv);
    EXPECT_TRUE(count.is_whole);
    EXPECT_TRUE(chunk.ends_with("and more\"\n") || chunk.size() < 100);
    records += count.records;
  }
  EXPECT_EQ(records, 60'001U);
}

TEST(Chunker, ARecordWithoutEndIsCutLikeBytes) {
  const auto chunks = chunks_of("\"" + std::string(8U << 20, 'x'), Records::kCsv);
  for (const auto& chunk : chunks) EXPECT_LE(chunk.size(), look_ahead(Records::kCsv));
  EXPECT_GT(chunks.size(), 8U);
  EXPECT_EQ(count_records("a\n\n\r\nb", Records::kLines).records, 2U);
}

TEST(Chunker, CutsDoNotDependOnWhatIsSeenBeyondTheLookAhead) {
  const std::string text = rows(40'000);
  for (const Records records : {Records::kNone, Records::kLines, Records::kCsv}) {
    std::string_view rest = text;
    while (rest.size() > look_ahead(records)) {
      const std::size_t whole = first_chunk(rest, records);
      EXPECT_EQ(first_chunk(rest.substr(0, look_ahead(records)), records), whole);
      rest.remove_prefix(whole);
    }
  }
}

}  // namespace
}  // namespace fulcrum::data::versions

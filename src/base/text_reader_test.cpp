#include "base/text_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <fstream>

#include "base/random.h"

namespace fulcrum::base {
namespace {

namespace fs = std::filesystem;

class TextReader : public testing::Test {
 protected:
  fs::path path_ = fs::temp_directory_path() / fmt::format("fulcrum-text-{}.csv", ::getpid());
  void TearDown() override { fs::remove(path_); }
  void write(std::string_view content) { std::ofstream(path_, std::ios::binary) << content; }
  std::vector<std::vector<std::string>> records() {
    auto reader = CsvReader::open(path_);
    std::vector<std::vector<std::string>> all;
    std::vector<std::string> fields;
    for (;;) {
      const auto more = reader->next(fields);
      if (!more) {
        error_ = more.error();
        continue;
      }
      if (!*more) return all;
      all.push_back(fields);
    }
  }
  Error error_;
};

using Records = std::vector<std::vector<std::string>>;

TEST_F(TextReader, ReadsQuotesDelimitersAndLineBreaks) {
  write("a,b\r\n\"x,\"\"y\"\"\nz\",2\n,\n");
  EXPECT_EQ(records(), (Records{{"a", "b"}, {"x,\"y\"\nz", "2"}, {"", ""}}));
}

TEST_F(TextReader, GoesOnAfterAMistakeAndNamesItsPlace) {
  write("a,b\n\"x\"y,2\n3,4\n");
  EXPECT_EQ(records(), (Records{{"a", "b"}, {"3", "4"}}));
  EXPECT_EQ(error_.code, "csv.quote");
  EXPECT_NE(error_.field.find(":2:"), std::string::npos) << error_.field;
}

TEST_F(TextReader, SaysWhichEncodingItDoesNotRead) {
  write("\xFF\xFEu\0s\0");
  auto reader = CsvReader::open(path_);
  std::vector<std::string> fields;
  EXPECT_EQ(reader->next(fields).error().code, "csv.encoding");
  write("a,b\n\xB0\xA1,1\n");  // GB 2312
  records();
  EXPECT_EQ(error_.code, "csv.encoding");
  EXPECT_NE(error_.field.find(":2:1"), std::string::npos) << error_.field;
  write("\xEF\xBB\xBFuser,b\n");
  EXPECT_EQ(records(), (Records{{"user", "b"}}));
}

TEST_F(TextReader, RoundTripsRandomTables) {
  Random random(5);
  const std::string letters = "ab,\"\n\r\t ;\xC3\xA9";
  for (int round = 0; round < 300; ++round) {
    Records table(1 + random.below(6), std::vector<std::string>(1 + random.below(5)));
    std::string content;
    for (auto& row : table)
      for (std::size_t i = 0; i < row.size(); ++i) {
        for (auto size = random.below(8); size > 0; --size) {
          const auto letter = random.below(9);
          row[i] += letter == 8 ? std::string("\xC3\xA9") : std::string(1, letters[letter]);
        }
        content += "\"";
        for (const char c : row[i]) content += c == '"' ? std::string("\"\"") : std::string(1, c);
        content += i + 1 < row.size() ? "\"," : "\"\n";
      }
    write(content);
    EXPECT_EQ(records(), table) << "seed 5, round " << round;
  }
}

TEST_F(TextReader, EndsOnAnyBytes) {
  Random random(6);
  for (int round = 0; round < 500; ++round) {
    std::string bytes(random.below(200), '\0');
    const std::string letters = "\"\",\n\r\x1f\x8b\xEF\xBB\xBF\xFFx";
    for (char& c : bytes) c = letters[random.below(letters.size())];
    write(bytes);
    records();  // must come back
    auto lines = LineReader::open(path_);
    std::string line;
    std::size_t count = 0;
    while (lines->next(line)) ++count;
    EXPECT_LE(count, bytes.size() + 1) << "seed 6, round " << round;
  }
}

TEST_F(TextReader, NoticesAGzipFileThatBreaksOff) {
  gzFile file = gzopen(path_.c_str(), "wb");
  Random random(1);
  for (int i = 0; i < 20'000; ++i)
    gzprintf(file, "%llu\n", static_cast<unsigned long long>(random.next()));
  gzclose(file);
  fs::resize_file(path_, fs::file_size(path_) / 2);
  auto lines = LineReader::open(path_);
  std::string line;
  std::size_t count = 0;
  while (lines->next(line)) ++count;
  EXPECT_GT(count, 1000U);
  EXPECT_FALSE(lines->damaged().empty());
}

TEST(Utf8, RefusesOverlongAndSurrogates) {
  EXPECT_FALSE(invalid_utf8("a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80"));
  EXPECT_EQ(invalid_utf8("a\xC0\x80"), 1U);
  EXPECT_EQ(invalid_utf8("\xED\xA0\x80"), 0U);
  EXPECT_EQ(invalid_utf8("ab\xE4\xB8"), 2U);
}

}  // namespace
}  // namespace fulcrum::base

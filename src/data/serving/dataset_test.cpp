#include "data/serving/dataset.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "data/serving/serving_fixture.h"

namespace fulcrum::data::serving {

namespace {

std::vector<std::string> records_of(const Dataset& dataset) {
  std::vector<std::string> records;
  for (std::uint64_t i = 0; i < dataset.size(); ++i) records.emplace_back(dataset.record(i));
  return records;
}

TEST(Dataset, LinesAreRecordsAndBlankOnesAreNone) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.jsonl", "\n {\"a\":1}\r\n\n\t\n{\"b\":2}  \n{\"c\":3}");
  const auto dataset = Dataset::open(file).value();
  EXPECT_EQ(records_of(dataset), (std::vector<std::string>{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"}));
}

TEST(Dataset, AnEmptyFileHasNoRecords) {
  const TemporaryFolder folder;
  EXPECT_EQ(Dataset::open(folder.write("a.jsonl", "")).value().size(), 0);
  EXPECT_EQ(Dataset::open(folder.write("b.jsonl", "\n\n")).value().size(), 0);
  EXPECT_EQ(Dataset::open(folder.write("c.bin", "")).value().size(), 0);
}

TEST(Dataset, AFolderIsItsFilesInTheOrderOfTheirPaths) {
  const TemporaryFolder folder;
  folder.write("b/z.bin", prefixed({"three", ""}));
  folder.write("a.jsonl", "one\ntwo\n");
  folder.write("README.md", "no record");
  const auto dataset = Dataset::open(folder.path()).value();
  EXPECT_EQ(records_of(dataset), (std::vector<std::string>{"one", "two", "three", ""}));
  EXPECT_EQ(dataset.files(), 2);
}

TEST(Dataset, TheVersionIsTheContentWhereverItLies) {
  const TemporaryFolder one, two, three;
  for (const auto* folder : {&one, &two, &three}) folder->write("a.jsonl", "1\n2\n");
  three.write("a.jsonl", "1\n3\n");
  EXPECT_EQ(Dataset::open(one.path()).value().version(),
            Dataset::open(two.path()).value().version());
  EXPECT_NE(Dataset::open(one.path()).value().version(),
            Dataset::open(three.path()).value().version());
  EXPECT_EQ(Dataset::open(one.path(), {}, "v7").value().version(), "v7");
}

TEST(Dataset, AnIndexIsFoundAgainAndMadeAnewForAChangedFile) {
  const TemporaryFolder folder;
  const OpenOptions options{.index_folder = folder.path() / "index"};
  const auto file = folder.write("a.jsonl", "1\n2\n");
  const auto version = Dataset::open(file, options).value().version();
  const auto index = *std::filesystem::directory_iterator(options.index_folder);
  const auto written = index.last_write_time();
  EXPECT_EQ(Dataset::open(file, options).value().version(), version);
  EXPECT_EQ(std::filesystem::last_write_time(index.path()), written);
  folder.write("a.jsonl", "1\n2\n3\n");
  EXPECT_EQ(Dataset::open(file, options).value().size(), 3);
  std::filesystem::resize_file(index.path(), 70);  // a damaged index
  EXPECT_EQ(records_of(Dataset::open(file, options).value()),
            (std::vector<std::string>{"1", "2", "3"}));
}

TEST(Dataset, WhatCannotBeServedIsSaidWithItsPlace) {
  const TemporaryFolder folder;
  const auto whole = prefixed({"abc", "defg"});
  for (std::size_t size = 8; size < whole.size(); ++size) {  // 7: the first record alone
    const auto cut = Dataset::open(folder.write("cut.bin", whole.substr(0, size)));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, "serving.truncated");
    EXPECT_NE(cut.error().message.find("offset 7"), std::string::npos) << cut.error().message;
  }
  const OpenOptions small{.max_record_bytes = 3};
  EXPECT_EQ(Dataset::open(folder.write("a.bin", whole), small).error().code, "serving.too_long");
  EXPECT_EQ(Dataset::open(folder.write("a.jsonl", "abc\nabcd\n"), small).error().code,
            "serving.too_long");
  EXPECT_EQ(Dataset::open(folder.write("a.csv", "")).error().code, "serving.format");
  EXPECT_EQ(Dataset::open(folder.path() / "none.jsonl").error().code, "file.read");
  std::filesystem::create_directory(folder.path() / "empty");
  EXPECT_EQ(Dataset::open(folder.path() / "empty").error().code, "serving.no_files");
}

TEST(Dataset, RandomRecordsComeBackFromBothFormats) {
  EXPECT_TRUE(rc::check("records", [] {
    const TemporaryFolder folder;
    const auto records = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
    RC_ASSERT(records_of(Dataset::open(folder.write("a.bin", prefixed(records))).value()) ==
              records);
    std::string lines;
    std::vector<std::string> wanted;
    for (const auto& record : records) {
      lines += base::to_hex(record) + "\n";
      if (!record.empty()) wanted.push_back(base::to_hex(record));
    }
    RC_ASSERT(records_of(Dataset::open(folder.write("a.jsonl", lines)).value()) == wanted);
  }));
}

TEST(Dataset, RecordsAcrossThePiecesOfTheScan) {
  const TemporaryFolder folder;
  std::vector<std::string> records;
  for (int i = 0; i < 40; ++i) records.push_back(std::string(400'001 + i % 7, 'a' + i % 26));
  EXPECT_EQ(records_of(Dataset::open(folder.write("a.bin", prefixed(records))).value()), records);
  std::string lines;
  for (const auto& record : records) lines += record + "\n";
  EXPECT_EQ(records_of(Dataset::open(folder.write("a.jsonl", lines)).value()), records);
}

}  // namespace

}  // namespace fulcrum::data::serving

#include "data/web/extract_files.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "base/files.h"
#include "base/json.h"

namespace fulcrum::data::web {

namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::temp_directory_path() / ("extract-" + std::to_string(::getpid()) + "-" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "in/deep");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / "in" / name, std::ios::binary) << content;
  }
  void write_gzip(const std::string& name, const std::string& content) const {
    gzFile file = gzopen((folder_ / "in" / name).c_str(), "wb");
    gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
    gzclose(file);
  }
  ExtractJob job(unsigned threads) const {
    return {.in = folder_ / "in",
            .out = folder_ / "out.jsonl",
            .threads = threads,
            .stops_at_damage = false,
            .settings = {}};
  }
  std::vector<base::json::value> lines() const {
    std::ifstream file(folder_ / "out.jsonl");
    std::vector<base::json::value> all;
    for (std::string line; std::getline(file, line);)
      all.push_back(base::parse_json(line, "a line").value());
    return all;
  }
  fs::path folder_;
};

std::string page(const std::string& word) {
  std::string html = "<html><title>" + word + "</title><article>";
  for (int i = 0; i < 5; ++i)
    html += "<p>Here is what we know of " + word + ", and of its neighbours, in paragraph " +
            std::to_string(i) + ".</p>";
  return html + "</article>";
}

std::string record(const std::string& id, const std::string& block) {
  return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <" + id +
         ">\r\nWARC-Target-URI: http://x/" + id +
         "\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: " +
         std::to_string(block.size()) + "\r\n\r\n" + block + "\r\n\r\n";
}

std::string ok(const std::string& body, const std::string& type = "text/html") {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\n" + body;
}

TEST_F(Folder, PagesAndArchivesInTheOrderOfNames) {
  write("b.html", page("beams"));
  write_gzip("a.html.gz", page("axles"));
  write("deep/c.htm", page("cogs"));
  write("notes.txt", "no page");
  write("d.warc", record("urn:1", ok(page("dams"))) +
                      record("urn:2", "HTTP/1.1 404 No\r\nContent-Type: text/html\r\n\r\nno") +
                      record("urn:3", ok("{}", "application/json")));
  const auto totals = extract_files(job(3), {});
  ASSERT_TRUE(totals) << base::describe(totals.error());
  EXPECT_EQ(totals->pages, 4U);
  EXPECT_EQ(totals->files, 4U);
  EXPECT_EQ(totals->skipped, 0U);
  const auto all = lines();
  ASSERT_EQ(all.size(), 4U);
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"a.html.gz", "axles"}, {"b.html", "beams"}, {"urn:1", "dams"}, {"deep/c.htm", "cogs"}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(base::get_string(all[i], "id"), expected[i].first);
    EXPECT_EQ(base::get_string(all[i], "title"), expected[i].second);
    EXPECT_NE(base::get_string(all[i], "text").find("know of " + expected[i].second),
              std::string::npos);
  }
  EXPECT_EQ(base::get_string(all[2], "url"), "http://x/urn:1");
}

TEST_F(Folder, TheSameBytesAtAnyNumberOfThreads) {
  for (int i = 0; i < 200; ++i)
    write("p" + std::to_string(i) + ".html", page("thing " + std::to_string(i * i)));
  std::string archive;
  for (int i = 0; i < 100; ++i) archive += record("urn:" + std::to_string(i), ok(page("record")));
  write("z.warc", archive);
  ASSERT_TRUE(extract_files(job(1), {}));
  const auto one = base::read_file(folder_ / "out.jsonl");
  std::uint64_t seen = 0;
  ASSERT_TRUE(extract_files(job(7), [&](const ExtractProgress& now) { seen = now.pages; }));
  EXPECT_EQ(seen, 300U);
  EXPECT_EQ(*base::read_file(folder_ / "out.jsonl"), *one);
}

TEST_F(Folder, WhatCannotBeReadIsCountedOrEndsIt) {
  write("a.html", page("axles"));
  write("b.html.gz", std::string("\x1f\x8b\x08\0broken", 10));
  write("c.warc", "no archive\n" + record("urn:1", ok(page("cogs"))) + record("urn:2", "nothing"));
  const auto totals = extract_files(job(2), {});
  ASSERT_TRUE(totals);
  EXPECT_EQ(totals->pages, 2U);
  EXPECT_EQ(totals->skipped, 3U);
  ASSERT_EQ(totals->skipped_samples.size(), 3U);
  EXPECT_NE(totals->skipped_samples[0].find("b.html.gz"), std::string::npos);
  EXPECT_NE(totals->skipped_samples[1].find("c.warc:0"), std::string::npos);
  auto strict = job(2);
  strict.stops_at_damage = true;
  strict.out = folder_ / "strict.jsonl";
  EXPECT_EQ(extract_files(strict, {}).error().code, "packed.damaged");
  EXPECT_FALSE(fs::exists(strict.out));
  EXPECT_FALSE(fs::exists(strict.out.string() + ".part"));
}

TEST_F(Folder, NothingToReadOrNowhereToWrite) {
  EXPECT_EQ(extract_files(job(1), {}).error().code, "extract.nothing");
  write("a.html", page("axles"));
  auto nowhere = job(1);
  nowhere.out = folder_ / "no/such/out.jsonl";
  EXPECT_EQ(extract_files(nowhere, {}).error().code, "file.write");
  auto missing = job(1);
  missing.in = folder_ / "absent";
  EXPECT_EQ(extract_files(missing, {}).error().code, "file.read");
  EXPECT_EQ(extract_file(folder_ / "in/a.html", {})->title, "axles");
}

}  // namespace

}  // namespace fulcrum::data::web

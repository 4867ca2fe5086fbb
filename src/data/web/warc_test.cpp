#include "data/web/warc.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "data/web/http_message.h"
#include "data/web/warc_digest.h"

namespace fulcrum::data::web {

namespace {

namespace fs = std::filesystem;

std::string record(std::string_view type, std::string_view uri, std::string_view block,
                   std::string_view more = {}) {
  return "WARC/1.1\r\nWARC-Type: " + std::string(type) +
         "\r\nWARC-Target-URI: " + std::string(uri) + "\r\nWARC-Record-ID: <urn:x>\r\n" +
         std::string(more) + "Content-Length: " + std::to_string(block.size()) + "\r\n\r\n" +
         std::string(block) + "\r\n\r\n";
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

/// In pieces of `step` bytes, as slow sources give them.
RawBytes source_of(std::string bytes, std::size_t step = 1U << 20) {
  return [bytes = std::move(bytes), step, at = std::size_t{0}](
             char* out, std::size_t capacity) mutable -> base::Result<std::size_t> {
    const std::size_t size = std::min({capacity, step, bytes.size() - at});
    std::memcpy(out, bytes.data() + at, size);
    at += size;
    return size;
  };
}

/// "uri@offset=block" of every record, "!code@place" of every failure.
std::vector<std::string> told(std::string bytes, std::size_t step = 1U << 20,
                              WarcLimits limits = {}) {
  WarcReader reader(source_of(std::move(bytes), step), "f", limits);
  std::vector<std::string> out;
  WarcRecord one;
  for (int i = 0; i < 1000; ++i) {
    const auto more = reader.next(one);
    if (!more) {
      out.push_back("!" + more.error().code + "@" + more.error().field);
    } else if (*more) {
      out.push_back(std::string(one.target_uri()) + "@" + std::to_string(one.offset) + "=" +
                    one.block + (one.is_cut ? "…" : ""));
    } else {
      return out;
    }
  }
  out.push_back("does not end");
  return out;
}

using Told = std::vector<std::string>;

TEST(Warc, PlainRecords) {
  const std::string first = record("response", "<http://a/>", "x\r\n\r\ny");
  const std::string at = std::to_string(first.size());
  for (const std::size_t step : {1U, 7U, 1U << 20})
    EXPECT_EQ(told(first + record("request", "http://b/", ""), step),
              (Told{"http://a/@0=x\r\n\r\ny", "http://b/@" + at + "="}));
  EXPECT_EQ(told(""), Told{});
}

TEST(Warc, APackedMemberARecord) {
  for (const auto pack : {gzip, zstd}) {
    const std::string first = pack(record("response", "http://a/", "one"));
    const std::string bytes = first + pack(record("response", "http://b/", "two"));
    for (const std::size_t step : {1U, 5U, 1U << 20})
      EXPECT_EQ(told(bytes, step),
                (Told{"http://a/@0=one", "http://b/@" + std::to_string(first.size()) + "=two"}));
  }
}

TEST(Warc, OneMemberForAll) {
  EXPECT_EQ(told(gzip(record("a", "1", "x") + record("b", "2", "y"))), (Told{"1@0=x", "2@0=y"}));
}

TEST(Warc, HeadersInAnyCaseAndFolded) {
  WarcReader reader(source_of("WARC/1.0\nwarc-type: x\ncontent-length: 1\nA: b\n c\nno colon\n\nz"),
                    "f");
  WarcRecord one;
  ASSERT_TRUE(*reader.next(one));
  EXPECT_EQ(one.version, "1.0");
  EXPECT_EQ(one.type(), "x");
  EXPECT_EQ(one.header("a"), "b c");
  EXPECT_EQ(one.block, "z");
  EXPECT_FALSE(*reader.next(one));
}

TEST(Warc, DamageIsSaidAndPassed) {
  const std::string a = gzip(record("x", "a", std::string(1000, 'q')));
  std::string b = gzip(record("x", "b", "bad"));
  const std::string c = gzip(record("x", "c", "good"));
  b[b.size() - 6] = static_cast<char>(b[b.size() - 6] ^ 1);  // its checksum
  const auto out = told(a + b + c);
  ASSERT_EQ(out.size(), 4U);
  EXPECT_EQ(out[1], "b@" + std::to_string(a.size()) + "=bad");  // whole, but for its checksum
  EXPECT_EQ(out[2], "!packed.damaged@f:" + std::to_string(a.size()));
  EXPECT_EQ(out[3], "c@" + std::to_string(a.size() + b.size()) + "=good");
}

TEST(Warc, ATruncatedFile) {
  const std::string packed = gzip(record("x", "a", std::string(100'000, 'q')));
  EXPECT_EQ(told(packed.substr(0, packed.size() / 2)), Told{"!packed.damaged@f:0"});
  const std::string plain = record("x", "a", "0123456789");
  EXPECT_EQ(told(plain.substr(0, plain.size() - 6)), Told{"!warc.truncated@f:0"});
  EXPECT_EQ(told(plain.substr(0, 30)), Told{"!warc.truncated@f:0"});
}

TEST(Warc, StrangeBytesBetweenRecords) {
  const std::string first = record("x", "a", "1");
  const std::string at = std::to_string(first.size());
  const auto out = told(first + "garbage\nmore\n" + record("x", "b", "2"));
  EXPECT_EQ(out, (Told{"a@0=1", "!warc.syntax@f:" + at,
                       "b@" + std::to_string(first.size() + 13) + "=2"}));
  EXPECT_EQ(told("WARC/1.0\nContent-Length: -5\n\n"), Told{"!warc.syntax@f:0"});
  EXPECT_EQ(told("WARC/1.0\nX: y\n\n"), Told{"!warc.syntax@f:0"});
  EXPECT_EQ(told("just text"), Told{"!warc.syntax@f:0"});
}

TEST(Warc, LimitsHold) {
  const std::string big = gzip(record("x", "a", std::string(5'000'000, 'q')));
  const std::string small = gzip(record("x", "b", "2"));
  const std::string after = "b@" + std::to_string(big.size()) + "=2";
  EXPECT_EQ(told(big + small, 1U << 20, {.block_bytes = 3}), (Told{"a@0=qqq…", after}));
  EXPECT_EQ(told(big + small, 1U << 20, {.record_bytes = 1000}), (Told{"!warc.large@f:0", after}));
  EXPECT_EQ(told(gzip("WARC/1.0\r\nX: " + std::string(1 << 20, 'y')) + small)[0],
            "!warc.syntax@f:0");
}

TEST(Warc, DigestsAreChecked) {
  EXPECT_EQ(has_digest("", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"), true);
  EXPECT_EQ(has_digest("", "SHA-1:da39a3ee5e6b4b0d3255bfef95601890afd80709"), true);
  EXPECT_EQ(has_digest("x", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"), false);
  EXPECT_EQ(has_digest("", "md5:x"), std::nullopt);
  const std::string bytes =
      record("x", "a", "x", "WARC-Block-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\r\n") +
      record("x", "b", "y");
  EXPECT_EQ(told(bytes, 1U << 20, {.checks_digests = true})[0], "!warc.digest@f:0");
  EXPECT_EQ(told(bytes, 1U << 20, {.checks_digests = true})[1].substr(0, 2), "b@");
  EXPECT_EQ(told(bytes)[0], "a@0=x");
}

RC_GTEST_PROP(Warc, AnyDamageEnds, (std::vector<std::pair<std::uint16_t, std::uint8_t>> edits)) {
  static const std::string packed = gzip(record("x", "a", "first")) +
                                    gzip(record("x", "b", std::string(3000, 'b'))) +
                                    zstd(record("x", "c", "third"));
  static const std::string plain = record("x", "a", "1") + record("x", "b", "2");
  for (std::string bytes : {packed, plain}) {
    for (const auto& [at, value] : edits) bytes[at % bytes.size()] = static_cast<char>(value);
    const auto out = told(bytes);
    RC_ASSERT(out.empty() || out.back() != "does not end");
    if (bytes.size() == plain.size()) RC_ASSERT(out == told(bytes, 3));
  }
}

/// The samples carry digests of every block and payload.
TEST(Warc, RealArchives) {
  const char* named = std::getenv("FULCRUM_SHARED_DATA");
  const fs::path folder =
      fs::path(named ? named : FULCRUM_SOURCE_DIR "/../shared/data") / "text/dolma";
  if (!fs::exists(folder)) GTEST_SKIP() << "no archives in " << folder;
  for (const auto& [name, count] :
       {std::pair{"sample-0000.warc.gz", 48}, std::pair{"sample-0001.warc.gz", 34}}) {
    auto reader = WarcReader::open(folder / name, {.checks_digests = true});
    ASSERT_TRUE(reader);
    WarcRecord one;
    int records = 0, responses = 0;
    for (;;) {
      const auto more = reader->next(one);
      ASSERT_TRUE(more) << base::describe(more.error());
      if (!*more) break;
      ++records;
      EXPECT_EQ(has_digest(one.block, one.header("WARC-Block-Digest")), true);
      if (one.type() != "response") continue;
      ++responses;
      const auto response = parse_response(one.block);
      ASSERT_TRUE(response);
      EXPECT_EQ(response->status, 200);
      EXPECT_NE(has_digest(response->body, one.header("WARC-Payload-Digest")), false);
      EXPECT_FALSE(payload_of(*response, 64U << 20)->is_damaged);
    }
    EXPECT_EQ(records, count);
    EXPECT_GT(responses, 10);
  }
}

}  // namespace

}  // namespace fulcrum::data::web

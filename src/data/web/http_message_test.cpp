#include "data/web/http_message.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>
#include <zstd.h>

namespace fulcrum::data::web {

namespace {

std::string deflated(std::string_view text, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
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

Payload payload(const std::string& headers, const std::string& body, std::size_t most = 1 << 20) {
  const std::string message = "HTTP/1.1 200 OK\r\n" + headers + "\r\n" + body;
  const auto response = parse_response(message);
  EXPECT_TRUE(response);
  auto result = payload_of(*response, most);
  EXPECT_TRUE(result);
  return *result;
}

TEST(HttpMessage, StatusHeadersBody) {
  const std::string message =
      "HTTP/1.0 404 Not Found\r\ncontent-type: text/html\r\nX: a\r\n b\r\n\r\nbody";
  const auto response = parse_response(message);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->header("Content-Type"), "text/html");
  EXPECT_EQ(response->header("x"), "a b");
  EXPECT_EQ(response->body, "body");
  EXPECT_EQ(parse_response("HTTP/2 200\n\nx")->status, 200);
  for (const char* bad : {"", "HTTP/1.1", "GET / HTTP/1.1", "HTTP/1.1 abc"})
    EXPECT_EQ(parse_response(bad).error().code, "http.syntax");
}

TEST(HttpMessage, Chunks) {
  const std::string chunked = "Transfer-Encoding: Chunked\r\n";
  EXPECT_EQ(payload(chunked, "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: z\r\n\r\n").bytes,
            "abc0123456789");
  const auto open = payload(chunked, "3\r\nabc\r\n5\r\nde");
  EXPECT_EQ(open.bytes, "abcde");
  EXPECT_TRUE(open.is_damaged);
  EXPECT_EQ(payload(chunked, "<html>taken off before").bytes, "<html>taken off before");
  const auto cut = payload(chunked, "6\r\nabcdef\r\n0\r\n\r\n", 4);
  EXPECT_EQ(cut.bytes, "abcd");
  EXPECT_TRUE(cut.is_cut);
}

TEST(HttpMessage, Codings) {
  const std::string text = "some text, some text, some text";
  EXPECT_EQ(payload("Content-Encoding: gzip\r\n", deflated(text, 31)).bytes, text);
  EXPECT_EQ(payload("Content-Encoding: deflate\r\n", deflated(text, 15)).bytes, text);
  EXPECT_EQ(payload("Content-Encoding: deflate\r\n", deflated(text, -15)).bytes, text);
  EXPECT_EQ(payload("Content-Encoding: zstd\r\n", zstd(text)).bytes, text);
  EXPECT_EQ(payload("Content-Encoding: zstd, x-gzip\r\n", deflated(zstd(text), 31)).bytes, text);
  EXPECT_EQ(payload("Content-Encoding: gzip\r\n", text).bytes, text);  // taken off before
  const auto unknown = parse_response("HTTP/1.1 200 OK\r\nContent-Encoding: magic\r\n\r\nx");
  EXPECT_EQ(payload_of(*unknown, 100).error().code, "http.coding");
}

TEST(HttpMessage, ABombIsCut) {
  const std::string bomb = deflated(std::string(50U << 20, 'x'), 31);
  const auto one = payload("Content-Encoding: gzip\r\n", bomb, 1 << 16);
  EXPECT_EQ(one.bytes.size(), 1U << 16);
  EXPECT_TRUE(one.is_cut);
  const auto two = payload("Content-Encoding: gzip, gzip\r\n", deflated(bomb, 31), 1 << 16);
  EXPECT_LE(two.bytes.size(), 1U << 16);
}

TEST(HttpMessage, BrokenPackingGivesWhatIsReadable) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7919 % 10007) + " ";
  const std::string packed = deflated(text, 31);
  const auto half = payload("Content-Encoding: gzip\r\n", packed.substr(0, packed.size() / 2));
  EXPECT_TRUE(half.is_damaged);
  EXPECT_GT(half.bytes.size(), 1000U);
  EXPECT_TRUE(text.starts_with(half.bytes));
}

RC_GTEST_PROP(HttpMessage, AnyBodyIsBounded, (const std::string& body)) {
  for (const char* headers :
       {"Content-Encoding: gzip\r\n", "Content-Encoding: br\r\n", "Content-Encoding: deflate\r\n",
        "Content-Encoding: zstd\r\n", "Transfer-Encoding: chunked\r\n"})
    RC_ASSERT(payload(headers, body, 1000).bytes.size() <= 1000);
}

}  // namespace

}  // namespace fulcrum::data::web

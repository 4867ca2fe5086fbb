#include "data/web/content_coding.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <string>

namespace fulcrum::data::web {

namespace {

constexpr std::size_t kStepBytes = 64U << 10;

/// What one step of an unpacker says.
enum class Step { kMore, kEnd, kStarved, kDamaged };

/// Room behind what is there: small, then as much again.
std::size_t grow(std::string& out, std::size_t used, std::size_t max_bytes) {
  if (used == out.size()) out.resize(std::min(max_bytes, std::max(out.size() * 2, kStepBytes)));
  return out.size() - used;
}

template <class Advance>
Payload unpack(std::size_t max_bytes, Advance advance) {
  Payload payload;
  std::size_t used = 0;
  for (;;) {
    const std::size_t room = grow(payload.bytes, used, max_bytes);
    if (room == 0) {
      payload.is_cut = true;
      break;
    }
    std::size_t written = 0;
    const Step step = advance(payload.bytes.data() + used, room, written);
    used += written;
    if (step == Step::kEnd) break;
    if (step == Step::kDamaged || (step == Step::kStarved && written == 0)) {
      payload.is_damaged = true;
      break;
    }
  }
  payload.bytes.resize(used);
  return payload;
}

/// window_bits as inflateInit2 has them: 31 gzip, 15 zlib, -15 neither.
Payload inflated(std::string_view packed, int window_bits, std::size_t max_bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) return {{}, false, true};
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(packed.size(), 1U << 31));
  return unpack(max_bytes, [&](char* out, std::size_t room, std::size_t& written) {
    const auto given = static_cast<uInt>(std::min<std::size_t>(room, 1U << 30));
    stream.next_out = reinterpret_cast<Bytef*>(out);
    stream.avail_out = given;
    const int code = inflate(&stream, Z_NO_FLUSH);
    written = given - stream.avail_out;
    if (code == Z_STREAM_END) return Step::kEnd;
    if (code != Z_OK && code != Z_BUF_ERROR) return Step::kDamaged;
    return stream.avail_in == 0 ? Step::kStarved : Step::kMore;
  });
}

Payload from_brotli(std::string_view packed, std::size_t max_bytes) {
  const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state(
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance);
  const auto* next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
  std::size_t left = packed.size();
  return unpack(max_bytes, [&](char* out, std::size_t room, std::size_t& written) {
    auto* next_out = reinterpret_cast<std::uint8_t*>(out);
    std::size_t free = room;
    const auto result =
        BrotliDecoderDecompressStream(state.get(), &left, &next_in, &free, &next_out, nullptr);
    written = room - free;
    if (result == BROTLI_DECODER_RESULT_SUCCESS) return Step::kEnd;
    if (result == BROTLI_DECODER_RESULT_ERROR) return Step::kDamaged;
    return result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT ? Step::kStarved : Step::kMore;
  });
}

Payload from_zstd(std::string_view packed, std::size_t max_bytes) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                             ZSTD_freeDStream);
  ZSTD_inBuffer from{packed.data(), packed.size(), 0};
  return unpack(max_bytes, [&](char* out, std::size_t room, std::size_t& written) {
    ZSTD_outBuffer to{out, room, 0};
    const std::size_t code = ZSTD_decompressStream(stream.get(), &to, &from);
    written = to.pos;
    if (ZSTD_isError(code) != 0) return Step::kDamaged;
    if (code == 0) return Step::kEnd;
    return from.pos == from.size ? Step::kStarved : Step::kMore;
  });
}

}  // namespace

std::optional<Coding> coding_of(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  if (lower == "gzip" || lower == "x-gzip") return Coding::kGzip;
  if (lower == "deflate") return Coding::kDeflate;
  if (lower == "br") return Coding::kBrotli;
  if (lower == "zstd") return Coding::kZstd;
  return std::nullopt;
}

Payload uncoded(Coding coding, const Payload& packed, std::size_t max_bytes) {
  Payload payload;
  switch (coding) {
    case Coding::kGzip:
      payload = inflated(packed.bytes, 15 + 16, max_bytes);
      break;
    case Coding::kDeflate:
      payload = inflated(packed.bytes, 15, max_bytes);
      if (payload.bytes.empty())
        payload = inflated(packed.bytes, -15, max_bytes);  // as some send it
      break;
    case Coding::kBrotli:
      payload = from_brotli(packed.bytes, max_bytes);
      break;
    case Coding::kZstd:
      payload = from_zstd(packed.bytes, max_bytes);
      break;
  }
  if (payload.bytes.empty() && payload.is_damaged) return packed;  // taken off before
  payload.is_cut |= packed.is_cut;
  payload.is_damaged |= packed.is_damaged;
  return payload;
}

}  // namespace fulcrum::data::web

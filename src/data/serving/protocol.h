#pragma once
// What goes over the wire, all numbers little-endian. Every frame is a uint32 length and so many
// bytes.
//
//   client, first:   JSON {"token": TEXT}
//   server:          OK, JSON {"protocol": 1, "version", "records", "bytes", "sources", "mixture"}
//   client, then:    uint64 seed, first, stride; uint32 count, 0        (any number, also ahead)
//   server, to each: uint32 count, count × uint32 size, the records     (in the order of requests)
//
// A request asks for the records at the global indices first, first + stride, …; OK is uint32 0. A
// failure is uint32 kFailed and JSON {"code", "message", "field", "fix"}; after one of the first
// frame the server closes. A request says all that its answer depends on, so any server of the same
// version can answer it, and none keeps anything of a client.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fulcrum::data::serving {

constexpr std::uint32_t kFailed = 0xffffffff, kMaxCount = 65536;
constexpr std::uint32_t kMaxAnswerBytes = 1U << 30, kMaxHelloBytes = 4096;

struct BatchRequest {
  static constexpr std::uint32_t kBytes = 32;
  std::uint64_t seed = 0, first = 0, stride = 1;
  std::uint32_t count = 0;
};

/// Fails with `serving.request`: not 32 bytes, a count of 0 or above kMaxCount, indices of 2^63 or
/// more.
base::Result<BatchRequest> parse_request(std::string_view frame);
/// The token of a first frame; fails with `serving.request`.
base::Result<std::string> parse_hello(std::string_view frame);

}  // namespace fulcrum::data::serving
